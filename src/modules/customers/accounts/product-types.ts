/** The products that an account can be, in the order of their bits in `customer_measure.product_types`. Append only. */
export const productTypes = ['savings', 'checking', 'cd', 'ira', 'loan', 'creditCard'] as const;

export type ProductType = (typeof productTypes)[number];

/** What `total_deposits` sums up. */
export const depositTypes = ['savings', 'checking', 'cd', 'ira'] as const satisfies readonly ProductType[];
/** What `total_loans` sums up. */
export const loanTypes = ['loan', 'creditCard'] as const satisfies readonly ProductType[];

/** The bits of these products. */
export function productMask(types: readonly ProductType[]): number {
  return types.reduce((mask, type) => mask | (1 << productTypes.indexOf(type)), 0);
}
