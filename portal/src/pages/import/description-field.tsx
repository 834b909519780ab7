import { Box, Tabs, Text, Textarea } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { descriptionMax } from './audience-details.ts';
import classes from './import.module.css';
import { text } from './text.ts';

const Markdown = lazy(() => import('react-markdown'));

/** Markdown, and how it will look. Raw HTML and pictures stay out: they could call another host. */
export function DescriptionField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Tabs defaultValue="write" variant="pills" keepMounted={false} styles={{ tab: { paddingBlock: 4 } }}>
      <Tabs.List aria-label={text.details.description} justify="flex-end" mb={-26}>
        <Tabs.Tab value="write">{text.details.write}</Tabs.Tab>
        <Tabs.Tab value="preview">{text.details.preview}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="write">
        <Textarea
          label={text.details.description}
          description={text.details.descriptionHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autosize
          minRows={3}
          maxRows={12}
          maxLength={descriptionMax}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </Tabs.Panel>
      <Tabs.Panel value="preview">
        <Text size="sm" fw={500}>
          {text.details.description}
        </Text>
        <Box className={classes.markdown} mih={86}>
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
        </Box>
      </Tabs.Panel>
    </Tabs>
  );
}
