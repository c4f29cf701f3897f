import { expect, test } from "vitest";
import { explainAcme } from "../../../installer/resources/explain-acme.ts";

/** What certbot wrote to a terminal, where it differs between causes. */
const reported = (type: string, detail: string) =>
  `Certbot failed to authenticate some domains (authenticator: webroot). The Certificate Authority reported these problems:\n  Domain: hub.school.example\n  Type:   ${type}\n  Detail: ${detail}`;

test.each([
  [reported("dns", "DNS problem: NXDOMAIN looking up A for hub.school.example"), "leads nowhere"],
  [reported("connection", 'lookup hub.school.example on 10.0.0.1:53: no such host"'), "leads nowhere"],
  [
    reported("connection", "192.0.2.1: Fetching http://hub.school.example/: Timeout during connect"),
    "cannot reach port 80",
  ],
  [
    reported("unauthorized", "192.0.2.1: Invalid response from http://hub.school.example/: 404"),
    "leads to another machine",
  ],
  [reported("caa", "CAA record for school.example prevents issuance"), "other certificate authorities only"],
  [
    "An unexpected error occurred:\ntoo many certificates (5) already issued for this exact set of domains in the last 168h0m0s",
    "gives no more certificates",
  ],
  [
    "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='acme-v02.api.letsencrypt.org', port=443): Max retries exceeded",
    "does not answer",
  ],
  [
    "requests.exceptions.SSLError: certificate verify failed: certificate is not yet valid",
    "is not trusted here",
  ],
  [
    "The request message was malformed :: contact email has invalid domain",
    "does not take the e-mail address",
  ],
  [
    'Cannot issue for "hub.local": Domain name does not end with a valid public suffix (the ACME server will not issue)',
    "gives no certificates for",
  ],
])("%j is said in words", (log, words) => {
  const { message, remedy } = explainAcme(log, ["hub.school.example"]);
  expect(message).toContain(words);
  expect(remedy).not.toBe("");
});

test("what nobody foresaw is shown as it was said", () => {
  const { message, remedy } = explainAcme("one\nthe moon is full", ["a.example", "b.example"]);
  expect(message).toBe("There is no certificate for a.example, b.example.");
  expect(remedy).toContain("the moon is full");
});
