/** What a column of a class list can mean. */
export const listFields = ["username", "first", "last", "name", "email", "id", "groups"] as const;

export type ListField = (typeof listFields)[number];

/** In words, for people. */
export const fieldWords: Readonly<Record<ListField, string>> = {
  username: "user name",
  first: "first name",
  last: "last name",
  name: "full name",
  email: "e-mail address",
  id: "id",
  groups: "groups",
};

/**
 * Headers by what they mean, the best first, without accents, capitals and punctuation: those that Canvas (gradebook
 * and SIS), Moodle (participants, grades, upload) and Google Classroom write, in English, German, French and Spanish.
 */
const headers: Readonly<Record<ListField, readonly string[]>> = {
  username: [
    "username",
    "user name",
    "sis login id",
    "login id",
    "login",
    "net id",
    "netid",
    "benutzername",
    "anmeldename",
    "nutzername",
    "nom d utilisateur",
    "identifiant",
    "nombre de usuario",
    "usuario",
    "user",
  ],
  first: [
    "first name",
    "firstname",
    "given name",
    "given names",
    "forename",
    "vorname",
    "prenom",
    "nombre",
    "first",
  ],
  last: [
    "last name",
    "lastname",
    "surname",
    "family name",
    "nachname",
    "familienname",
    "nom de famille",
    "nom",
    "apellidos",
    "apellido s",
    "apellido",
    "last",
  ],
  name: [
    "full name",
    "fullname",
    "student name",
    "student",
    "name",
    "display name",
    "vollstandiger name",
    "schuler",
    "teilnehmer",
    "nom complet",
    "nombre completo",
  ],
  email: [
    "email address",
    "email",
    "e mail",
    "e mail address",
    "e mail adresse",
    "emailadresse",
    "adresse de courriel",
    "adresse e mail",
    "adresse mail",
    "direccion de correo",
    "direccion email",
    "correo electronico",
    "correo",
    "mail",
  ],
  id: [
    "sis user id",
    "id number",
    "idnumber",
    "student id",
    "student number",
    "user id",
    "matrikelnummer",
    "id nummer",
    "numero d identification",
    "numero de id",
    "org defined id",
    "id",
  ],
  groups: [
    "groups",
    "group",
    "sections",
    "section",
    "section name",
    "gruppen",
    "gruppe",
    "groupes",
    "groupe",
    "grupos",
    "grupo",
    "klasse",
    "class",
    "cohort",
    "group1",
    "group2",
    "group3",
    "cohort1",
  ],
};

/** What a header means, and how good a name for it this is (0 is best); undefined where nobody knows. */
export function meaningOf(header: string): { field: ListField; rank: number } | undefined {
  const plain = plainHeader(header);
  for (const field of listFields) {
    const rank = headers[field].indexOf(plain);
    if (rank >= 0) return { field, rank };
  }
  return undefined;
}

/** Without accents, capitals and punctuation. */
export function plainHeader(header: string): string {
  return header
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
