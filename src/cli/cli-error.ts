/**
 * What a person did or can mend: printed as one line on standard error, without a stack; exit code 1.
 * The message may name files and options of the command line, never a value out of a list.
 */
export class CliError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'CliError';
  }
}
