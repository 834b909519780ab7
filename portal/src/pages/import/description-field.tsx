import { Group, Input, SegmentedControl, Text, Textarea } from '@mantine/core';
import { lazy, Suspense, useId, useState } from 'react';
import { descriptionMax } from './audience-details.ts';
import classes from './import.module.css';
import { text } from './text.ts';

const Markdown = lazy(() => import('react-markdown'));

/** Markdown, and how it will look. Raw HTML and pictures stay out: they could call another host. */
export function DescriptionField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [isPreview, setPreview] = useState(false);
  const id = useId();
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Input.Label htmlFor={id}>{text.details.description}</Input.Label>
        <SegmentedControl
          size="xs"
          aria-label={text.details.descriptionView}
          data={[
            { value: 'write', label: text.details.write },
            { value: 'preview', label: text.details.preview },
          ]}
          value={isPreview ? 'preview' : 'write'}
          onChange={(view) => setPreview(view === 'preview')}
        />
      </Group>
      {isPreview ? (
        <MarkdownView value={value} />
      ) : (
        <Textarea
          id={id}
          description={text.details.descriptionHint}
          inputWrapperOrder={['input', 'description']}
          autosize
          minRows={3}
          maxRows={12}
          maxLength={descriptionMax}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </div>
  );
}

function MarkdownView({ value }: { value: string }) {
  return (
    <div className={classes.markdown}>
      {value.trim() === '' ? (
        <Text className="quiet" size="sm">
          {text.details.nothing}
        </Text>
      ) : (
        <Suspense>
          <Markdown disallowedElements={['img']} unwrapDisallowed>
            {value}
          </Markdown>
        </Suspense>
      )}
    </div>
  );
}
