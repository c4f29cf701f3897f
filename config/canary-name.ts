/** Nobody's name: Homeroom itself logs in by it now and then, to see whether people can work. */
export const canaryName = "homeroom-canary";
