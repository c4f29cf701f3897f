import type { Config } from "../../config/config.ts";
import type { PackageSources } from "../resources/package-sources.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { pipVariables, uvVariables, withoutPasswords } from "../resources/source-variables.ts";
import type { StateBuilder } from "./state-builder.ts";

const folder = "/var/lib/homeroom/package-sources";

/** Where packages come from, for whoever builds; and the variables of servers (EnvironmentFile=) and services. */
export function addPackageSources(
  state: StateBuilder,
  { environment }: Config,
  machine: PackageSources,
): { refs: ResourceRef[]; services: string } {
  const declared = declaredSources(environment);
  const sources = { ...machine, ...declared };
  const services = `${JSON.stringify(uvVariables(sources))}\n`;
  const files = {
    "config.json": `${JSON.stringify(declared)}\n`,
    "services.json": services,
    "admins.env": variablesFile(pipVariables(sources)),
    // What a student's server is started with, every program of the student's can read.
    "everybody.env": variablesFile(pipVariables(withoutPasswords(sources))),
  };
  const needs = [refOf("directory", folder)];
  const refs = Object.entries(files).map(([name, text]) =>
    state.file(`${folder}/${name}`, text, needs, { mode: "0600" }),
  );
  return { refs, services };
}

function declaredSources({ index, extraIndexes, proxy, caBundle }: Config["environment"]): PackageSources {
  return {
    ...(index === null ? {} : { index }),
    ...(extraIndexes === null ? {} : { extraIndexes }),
    ...(proxy === null ? {} : { httpProxy: proxy, httpsProxy: proxy }),
    ...(caBundle === null ? {} : { caBundle }),
  };
}

/** EnvironmentFile=: values in double quotes, in which a backslash, a quote and a dollar sign are escaped. */
function variablesFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([, value]) => !/[\n\r\0]/.test(value))
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, "\\$&")}"\n`)
    .join("");
}
