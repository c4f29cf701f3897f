/** What a folder laid out for repo2docker asks for, as data; nothing of it depends on what will install it. */
export interface FolderRequest {
  /** The file that says which packages: the most specific one wins. Null where none does. */
  by: string | null;
  /** Lines of requirements.txt that name a package of an index, or the address of a wheel. */
  pip: Asked[];
  /** Addresses that have to be built from source (`git+https://…`, an archive). */
  sources: Asked[];
  /** Python packages that the folder holds: ".", "lib", ".[extra]", "dist/x.whl", relative to the folder. */
  own: Asked[];
  conda: CondaDependency[];
  channels: string[];
  /** Debian packages. */
  apt: string[];
  python: PythonWish | null;
  /** Paths relative to the folder. */
  postBuild: string | null;
  start: string | null;
  /** What was asked for and is not done, whatever the manager. */
  notDone: NotDone[];
}

export interface Asked {
  text: string;
  file: string;
}

/** One dependency of environment.yml. */
export interface CondaDependency {
  name: string;
  /** Versions in PEP 440's words ("==1.2.*", ">=1,<2"); "" where any will do. */
  versions: string;
  channel?: string;
  build?: string;
  /** As written. */
  text: string;
  file: string;
}

/** A Python version that a file asks for, in PEP 440's words: "==3.11", ">=3.9". */
export interface PythonWish {
  versions: string;
  file: string;
}

export interface NotDone {
  what: string;
  file: string;
  why: string;
}

/** What was read of a folder: names at its top and in binder/ and .binder/, directories with a slash at the end. */
export interface FolderFiles {
  names: readonly string[];
  /** Contents of files that say what to install, by path. */
  texts: Readonly<Record<string, string>>;
}
