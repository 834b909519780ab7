import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

const pauseMs = 200;

interface Props {
  readonly label: string;
  readonly value: string;
  /** Hears what was typed after a short pause: each word is asked of the server. */
  readonly search: (value: string) => void;
}

/** Finds rows of a table by a part of their name. */
export function SearchInput({ label, value, search }: Props) {
  const [typed, setTyped] = useState(value);
  const searchLater = useDebouncedCallback(search, pauseMs);
  return (
    <TextInput
      type="search"
      flex="1 1 240px"
      maw={420}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      maxLength={80}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        searchLater(currentTarget.value);
      }}
    />
  );
}
