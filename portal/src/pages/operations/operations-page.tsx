import { SimpleGrid, Text } from '@mantine/core';
import { useMay } from '../../app/session.tsx';
import { Link } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './operations-page.module.css';
import { sectionsFor } from './sections.ts';
import { text } from './text.ts';

/** What there is to run, for those who may. */
export function OperationsPage() {
  const may = useMay();
  return (
    <Page title={text.title} lead={text.lead}>
      <SimpleGrid component="ul" cols={{ base: 1, sm: 2, lg: 3 }} className={classes.sections}>
        {sectionsFor(may).map(({ to, label, about }) => (
          <li key={to} className={classes.section}>
            <Link to={to} fw={600} c="inherit" className={classes.link}>
              {label}
            </Link>
            <Text size="sm" className="quiet" mt={4}>
              {about}
            </Text>
          </li>
        ))}
      </SimpleGrid>
    </Page>
  );
}
