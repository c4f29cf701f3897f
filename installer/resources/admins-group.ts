/** The Unix group of admins: sudo, and the right to change the shared environment. */
export const adminsGroup = "homeroom-admins";
