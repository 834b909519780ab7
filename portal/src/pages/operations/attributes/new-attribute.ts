import type { Schemas } from '../../../api/client.ts';
import { formatCount } from '../../../text/en.ts';

export type Attribute = Schemas['customerAttribute'];
export type DataType = Attribute['dataType'];
export type FairLending = NonNullable<Attribute['fairLending']> | 'none';

export const dataTypes = [
  'enumeration',
  'string',
  'integer',
  'decimal',
  'date',
  'boolean',
] as const satisfies readonly DataType[];
export const fairLendings = ['none', 'prohibitedBasis', 'proxy'] as const satisfies readonly FairLending[];

export interface AttributeForm {
  readonly name: string;
  readonly label: string;
  readonly dataType: DataType;
  readonly minimum: string;
  readonly maximum: string;
  readonly maxLength: string;
  /** One a line. */
  readonly choices: string;
  readonly fairLending: FairLending;
}

export const emptyForm: AttributeForm = {
  name: '',
  label: '',
  dataType: 'enumeration',
  minimum: '',
  maximum: '',
  maxLength: '',
  choices: '',
  fairLending: 'none',
};

export function isName(name: string): boolean {
  return /^[a-z][A-Za-z0-9]{1,39}$/.test(name);
}

export function isComplete(form: AttributeForm): boolean {
  return isName(form.name) && (form.dataType !== 'enumeration' || linesOf(form.choices).length > 0);
}

/** Of the constraints those that the data type has. */
export function bodyOf(form: AttributeForm): Schemas['newCustomerAttribute'] {
  const { name, dataType, fairLending } = form;
  const label = form.label.trim();
  const constraints = constraintsOf(form);
  return {
    name,
    dataType,
    ...(label === '' ? {} : { label }),
    ...(fairLending === 'none' ? {} : { fairLending }),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  };
}

/** The form of one that is there. */
export function formOf({ name, label = '', dataType, constraints, ...attribute }: Attribute): AttributeForm {
  const fairLending: FairLending = attribute.fairLending ?? 'none';
  const { minimum = '', maximum = '', maxLength = '', choices = [] } = constraints;
  return {
    ...{ name, label, dataType, fairLending },
    ...{ minimum: String(minimum), maximum: String(maximum), maxLength: String(maxLength) },
    choices: choices.join('\n'),
  };
}

/** What can be changed, as it is now (RFC 7396): null takes away. */
export function patchOf(form: AttributeForm): Schemas['customerAttributePatch'] {
  const label = form.label.trim();
  const none = { minimum: null, maximum: null, maxLength: null, choices: null };
  return {
    label: label === '' ? null : label,
    fairLending: form.fairLending === 'none' ? null : form.fairLending,
    constraints: { ...none, ...constraintsOf(form) },
  };
}

function constraintsOf(form: AttributeForm): NonNullable<Schemas['newCustomerAttribute']['constraints']> {
  const { dataType, maxLength } = form;
  if (dataType === 'enumeration') return { choices: linesOf(form.choices) };
  if (dataType === 'string') return maxLength === '' ? {} : { maxLength: Number(maxLength) };
  if (dataType === 'boolean') return {};
  const bound = (text: string) => (dataType === 'integer' ? Number(text) : text);
  return {
    ...(form.minimum === '' ? {} : { minimum: bound(form.minimum) }),
    ...(form.maximum === '' ? {} : { maximum: bound(form.maximum) }),
  };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

const choicesShownMax = 4;

/** "basic, silver, gold", "0 to 10", "Up to 80 characters" */
export function constraintsText({ constraints }: Pick<Attribute, 'constraints'>): string {
  const { minimum, maximum, maxLength, choices } = constraints;
  if (choices !== undefined) {
    const more = choices.length - choicesShownMax;
    const shown = choices.slice(0, choicesShownMax).join(', ');
    return more > 0 ? `${shown} and ${formatCount(more)} more` : shown;
  }
  if (maxLength !== undefined) return `Up to ${formatCount(maxLength)} characters`;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? 'None' : `${maximum} or less`;
}
