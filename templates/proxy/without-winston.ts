/** Stands in for winston, which configurable-http-proxy only uses where it is given no log of its own. */
const absent = (): never => {
  throw new Error("this proxy is given its log");
};

export default { format: { printf: () => absent }, createLogger: absent };
