import { Problem } from '../../lib/problem.ts';

const faultsMax = 20;

/** What is wrong with filters, by place. No text of it repeats a value: it may be a customer's. */
export class FilterFaults {
  readonly #problems: Problem[] = [];

  get any(): boolean {
    return this.#problems.length > 0;
  }

  /** @param pointer JSON pointer (RFC 6901) into the request's body */
  add(pointer: string, detail: string, allowed?: readonly unknown[]): undefined {
    const attributes = { pointer, ...(allowed === undefined ? {} : { allowed }) };
    this.#problems.push(new Problem('invalidFilters', { detail: `${pointer}: ${detail}`.slice(0, 256), attributes }));
    return undefined;
  }

  /** @throws Problem `invalidFilters` when there is a fault */
  throwAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    if (this.#problems.length === 1) throw first;
    throw new Problem('invalidFilters', {
      detail: 'Several filters cannot be evaluated; problems lists them.',
      problems: this.#problems.slice(0, faultsMax),
    });
  }
}
