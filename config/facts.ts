/** What rules ask of the machine; gathered by whoever loads the config on it. */
export interface MachineFacts {
  /** Bytes. */
  memory: number;
  cores: number;
  /** How many people are expected at the same time; undefined where nobody said. */
  expectedUsers?: number;
  /** TCP ports in use by programs that are not Homeroom's own. */
  listeners: readonly { port: number; program: string }[];
  /** The certificate and key that `https.tls` names; undefined where it names none. */
  certificate?: CertificateFacts;
  /** Why students' homes cannot be filled from `classroom.skel`, in words; undefined where they can. */
  skelProblem?: string;
  /** Milliseconds since 1970. */
  now: number;
}

export interface CertificateFacts {
  /** Why a file cannot be used, in words; undefined where it can. */
  keyProblem?: string;
  certProblem?: string;
  /** Whether the key belongs to the certificate; undefined where one cannot be read. */
  matches?: boolean;
  /** Milliseconds since 1970. */
  notAfter?: number;
  notBefore?: number;
  /** What it holds for: host names, "*.hub.school.example" too. */
  names?: readonly string[];
}
