import type { AttributeRow } from '../attributes/index.ts';
import { fairLendingOfAttribute } from './fair-lending.ts';
import type { FilterType } from './filter-type.ts';

/** The filter type of an attribute that an institution has defined. */
export function attributeFilterType(row: AttributeRow): FilterType {
  const { id, name, data_type: dataType } = row;
  const isText = dataType === 'string' || dataType === 'enumeration';
  const { minimum, maximum, choices } = row.constraints;
  return {
    id,
    name,
    label: row.label ?? name,
    description: row.description ?? 'An attribute of this institution.',
    category: 'customer',
    dataType,
    constraints: {
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
      ...(choices === undefined ? {} : { choices }),
    },
    ...(row.fair_lending === null ? {} : { fairLending: fairLendingOfAttribute(row.fair_lending) }),
    // Under the id: an attribute that is made anew under an old name does not see old values.
    column: `${isText ? 'text' : dataType}:${id}`,
    coding: isText ? 'text' : 'plain',
  };
}
