import { expect, test } from "vitest";
import { maskSecretsIn } from "../../../installer/cli/mask-line.ts";

const secret = "s3cr3t-of-the-class";

test.each([
  `302 GET /hub/login?token=${secret}&next=%2F`,
  `GET /hub/oauth_callback?code=${secret}&state=${secret}`,
  `Authorization: token ${secret}`,
  `{"Authorization": "Bearer ${secret}", "accept": "*/*"}`,
  `Cookie: jupyterhub-session-id=${secret}; _xsrf=${secret}`,
  `set-cookie: a=${secret}; Path=/`,
  `{"password": "${secret}"}`,
  `client_secret=${secret}`,
  `fetching https://teacher:${secret}@mirror.example/simple`,
])("nothing of a secret is left in %s", (line) => {
  const masked = maskSecretsIn(line);
  expect(masked).not.toContain(secret);
  expect(masked).toContain("********");
});

test("a key by itself is hidden, and nothing that is none", () => {
  expect(maskSecretsIn("using 0123456789abcdef0123456789abcdef0123 now")).toBe("using ******** now");
  const plain =
    "Main process exited, code=exited, status=1/FAILURE; 200 GET /user/alice/lab (alice@10.0.0.7) 3.45ms";
  expect(maskSecretsIn(plain)).toBe(plain);
});
