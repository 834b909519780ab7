/** `j***@example.com`: the first character and the domain. A local part of one character is masked whole. */
export function maskEmailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = '', ...others] = [...address.slice(0, Math.max(at, 0))];
  return `${others.length === 0 ? '' : first}***${at === -1 ? '' : address.slice(at)}`;
}

/** `***-**-4567`: the last four digits. A number of seven digits or fewer is masked whole. */
export function maskPhoneNumber(number: string): string {
  const digits = number.replace(/\D/g, '');
  return digits.length <= 7 ? '***-**-****' : `***-**-${digits.slice(-4)}`;
}
