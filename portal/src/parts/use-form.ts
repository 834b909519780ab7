import { useState } from 'react';

export type ChangeForm<Form> = (part: Partial<Form>) => void;

/** The fields of a form, changed some at a time. */
export function useForm<Form>(initial: Form): readonly [Form, ChangeForm<Form>] {
  const [form, setForm] = useState(initial);
  return [form, (part) => setForm((before) => ({ ...before, ...part }))];
}
