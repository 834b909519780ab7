/** How a filter type stands to fair lending. */
export const fairLendingKinds = ['prohibitedBasis', 'proxy'] as const;

/**
 * A type that a creditor must not select people by without a reason that holds. Either a prohibited basis itself (race,
 * color, religion, national origin, sex, marital status, age, public assistance, rights used under consumer credit law:
 * ECOA, 15 U.S.C. 1691(a); Regulation B, 12 CFR 1002.2(z)), or what examiners take for a proxy of one, above all where
 * somebody lives (Interagency Fair Lending Examination Procedures, 2009: marketing and redlining).
 */
export interface FairLending {
  readonly kind: (typeof fairLendingKinds)[number];
  /** For people, one sentence. */
  readonly reason: string;
}

const place = (reason: string): FairLending => ({ kind: 'proxy', reason });

/** Of the types that every institution has; docs/guides/fair-lending.md says why these and no others. */
export const fairLendingOfBuiltIns: Readonly<Record<string, FairLending>> = {
  customerAge: { kind: 'prohibitedBasis', reason: 'Age is a prohibited basis (12 CFR 1002.2(z)).' },
  postalCode: place('Where people live stands for race and national origin: a usual proxy.'),
  regionCode: place('Where people live stands for race and national origin: a usual proxy.'),
  branch: place('The branch tells where people live: a usual proxy for race and national origin.'),
};

/** Of an attribute that an institution has marked. */
export function fairLendingOfAttribute(kind: FairLending['kind']): FairLending {
  const reason =
    kind === 'proxy'
      ? 'The institution has marked it as a proxy of a prohibited basis.'
      : 'The institution has marked it as a prohibited basis.';
  return { kind, reason };
}
