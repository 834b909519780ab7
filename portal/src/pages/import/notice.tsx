import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './import.module.css';

interface Props {
  readonly tone: 'yellow' | 'orange' | 'blue';
  readonly title?: string;
  readonly icon?: ReactNode;
  /** Read out as soon as it appears. */
  readonly isUrgent?: boolean;
  readonly children: ReactNode;
}

/** Something to be known before going on. Its title is in the color of the text: tinted ones miss the contrast. */
export function Notice({ tone, title, icon, isUrgent = false, children }: Props) {
  return (
    <Alert
      color={tone}
      icon={icon}
      role={isUrgent ? 'alert' : 'note'}
      classNames={{ title: classes.noticeTitle ?? '' }}
      {...(title === undefined ? {} : { title })}
    >
      {children}
    </Alert>
  );
}
