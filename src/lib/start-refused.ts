/** Why the program cannot start: one line for the operator, no stack needed, no secret inside. */
export class StartRefused extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'StartRefused';
  }
}
