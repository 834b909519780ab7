import { Badge, Stack, Text, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { Link } from '../../parts/link.tsx';
import { formatAgo, formatCount, formatMoment } from '../../text/en.ts';
import classes from './import.module.css';
import { text } from './text.ts';

const shownImports = 5;

const recentQuery = queryOptions({
  queryKey: ['imports', 'recent'],
  queryFn: async ({ signal }) => {
    const state = ['staged', 'matching', 'completed', 'rejected', 'failed', 'canceled'];
    const query = { state, limit: shownImports };
    return await answered(api.GET('/service/customerAudienceImports', { params: { query }, signal }));
  },
});

/** The way back to an import that was left: while it runs, and after. Without any there is nothing to show. */
export function RecentImports() {
  const { data } = useQuery(recentQuery);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-labelledby="recent-title">
      <Title order={2} size="h5" id="recent-title">
        {text.recent.title}
      </Title>
      <div className={classes.frame}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{text.recent.columns.file}</th>
              <th>{text.recent.columns.state}</th>
              <th className={classes.figure}>{text.recent.columns.lines}</th>
              <th className={classes.figure}>{text.recent.columns.customers}</th>
              <th className={classes.figure}>{text.recent.columns.at}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ id, fileName, state, lineCount, customerCount, createdAt }) => (
              <tr key={id}>
                <td>
                  <Link to="/import/$importId" params={{ importId: id }} search={{}} size="sm" fw={550} c="inherit">
                    {fileName}
                  </Link>
                </td>
                <td>
                  <Badge variant="default" tt="none" fw={500} miw="max-content">
                    {text.states[state]}
                  </Badge>
                </td>
                <td className={`figures ${classes.figure}`}>{formatCount(lineCount)}</td>
                <td className={`figures ${classes.figure}`}>{formatCount(customerCount)}</td>
                <td className={classes.figure}>
                  <Text
                    size="sm"
                    className="quiet"
                    component="time"
                    dateTime={createdAt}
                    title={formatMoment(createdAt)}
                  >
                    {formatAgo(createdAt)}
                  </Text>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Stack>
  );
}
