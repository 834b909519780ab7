/** What may be told of a database error: names from the schema and the server, never `message`, `detail` or `where`. */
export interface DatabaseErrorFacts {
  readonly code: string;
  readonly severity?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly dataType?: string;
  readonly routine?: string;
}

const safeFields = ['severity', 'schema', 'table', 'column', 'constraint', 'dataType', 'routine'] as const;
/** Causes of causes end somewhere; a cycle must not hang the error log. */
const causesMax = 5;

/**
 * The loggable part of a PostgreSQL or connection error, found along the `cause` chain; undefined for any other
 * error. PostgreSQL's `message`, `detail`, `hint` and `where` quote the values of rows, so they never leave here.
 */
export function databaseErrorFacts(error: unknown): DatabaseErrorFacts | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < causesMax && typeof current === 'object' && current !== null; depth += 1) {
    const code = textField(current, 'code');
    if (code !== undefined && isDatabaseCode(code)) return factsOf(current, code);
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}

/** The SQLSTATE (five characters) or system error code along the `cause` chain. */
export function databaseErrorCode(error: unknown): string | undefined {
  return databaseErrorFacts(error)?.code;
}

function factsOf(error: object, code: string): DatabaseErrorFacts {
  const facts: Record<string, string> = {};
  for (const field of safeFields) {
    const value = textField(error, field);
    if (value !== undefined) facts[field] = value.slice(0, 64);
  }
  return { code, ...facts };
}

function isDatabaseCode(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]{3,}$/.test(code);
}

function textField(source: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(source, name)?.value;
  return typeof value === 'string' ? value : undefined;
}
