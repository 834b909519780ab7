import { Button, Group, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { IconFileUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import classes from './import.module.css';
import { text } from './text.ts';

/** What the server takes at most of a list that is sent as it is. */
const bytesMax = 1_073_741_824;

interface Props {
  readonly isReading: boolean;
  readonly onFile: (file: File) => void;
}

/** Takes one file. It is loaded apart: only this view needs it. */
export default function DropZone({ isReading, onFile }: Props) {
  const openFiles = useRef<() => void>(null);
  const [complaint, setComplaint] = useState<string>();
  return (
    <Stack gap="xs">
      <Dropzone
        openRef={openFiles}
        className={classes.dropzone ?? ''}
        multiple={false}
        maxSize={bytesMax}
        loading={isReading}
        activateOnClick={false}
        activateOnKeyboard={false}
        enablePointerEvents
        tabIndex={-1}
        inputProps={{ 'aria-label': text.drop.input }}
        onDrop={([file]) => {
          setComplaint(undefined);
          if (file !== undefined) onFile(file);
        }}
        onReject={(rejections) => setComplaint(rejections.length > 1 ? text.drop.one : text.drop.tooLarge)}
      >
        <Group justify="center" gap="lg" mih={200}>
          <IconFileUpload size={44} stroke={1.3} aria-hidden />
          <Stack gap={6} align="flex-start" maw={440}>
            <Text size="lg" fw={600}>
              {text.drop.title}
            </Text>
            <Text size="sm" className="quiet">
              {text.drop.hint}
            </Text>
            <Button mt="xs" onClick={() => openFiles.current?.()}>
              {text.drop.choose}
            </Button>
          </Stack>
        </Group>
      </Dropzone>
      {complaint !== undefined && (
        <Text size="sm" role="alert">
          {complaint}
        </Text>
      )}
    </Stack>
  );
}
