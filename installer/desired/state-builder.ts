import type { Resource, ResourceRef } from "../resources/resource.ts";
import { refOf } from "../resources/resource.ts";
import { hashOf } from "../resources/hash.ts";
import type { FileState } from "../resources/file.ts";

/** The resources that a Config and the Facts ask for, and the contents of their files by hash. */
export interface DesiredState {
  resources: Resource[];
  contents: Map<string, string>;
}

export interface FileRights {
  mode?: string;
  owner?: string;
  group?: string;
}

/** Collects resources; each `add` returns the reference that others name in `needs`. */
export class StateBuilder implements DesiredState {
  readonly resources: Resource[] = [];
  readonly contents = new Map<string, string>();

  add(kind: string, id: string, state: unknown, needs: readonly ResourceRef[] = []): ResourceRef {
    this.resources.push({ kind, id, state, needs: [...needs] });
    return refOf(kind, id);
  }

  file(
    path: string,
    content: string,
    needs: readonly ResourceRef[] = [],
    rights: FileRights = {},
  ): ResourceRef {
    return this.add("file", path, this.fileState(content, rights), needs);
  }

  /** A unit file or drop-in, by its path below /etc/systemd/system. */
  unit(id: string, content: string, needs: readonly ResourceRef[] = []): ResourceRef {
    return this.add("systemd-unit", id, this.fileState(content), needs);
  }

  directory(path: string, needs: readonly ResourceRef[] = [], rights: FileRights = {}): ResourceRef {
    const { mode = "0755", owner = "root", group = "root" } = rights;
    return this.add("directory", path, { mode, owner, group }, needs);
  }

  /** Keeps a content that no file of its own holds (a lock). */
  content(text: string): string {
    const hash = hashOf(text);
    this.contents.set(hash, text);
    return hash;
  }

  /** The state of a file of that content, for kinds that say themselves where it stands. */
  fileState(content: string, { mode = "0644", owner = "root", group = "root" }: FileRights = {}): FileState {
    return { sha256: this.content(content), mode, owner, group };
  }
}
