import type { Schemas } from '../../../api/client.ts';
import { Link } from '../../../parts/link.tsx';
import { formatCount } from '../../../text/en.ts';
import { Section } from '../section.tsx';
import classes from '../table.module.css';
import { text } from './text.ts';
import { pairRows } from './upset.ts';

interface Props {
  readonly overlaps: Schemas['customerAudienceOverlaps'];
  readonly audienceId: string;
  readonly nameOf: (id: string) => string;
}

/** This audience and one other at a time, whatever the rest. */
export function Pairs({ overlaps, audienceId, nameOf }: Props) {
  const { pairColumns } = text;
  return (
    <Section title={text.pairs} lead={text.jaccardHint}>
      <div className={classes.frame}>
        <table className={`figures ${classes.table}`} aria-label={text.pairs}>
          <thead>
            <tr>
              <th scope="col">{pairColumns.other}</th>
              <th scope="col" className={classes.right}>
                {pairColumns.both}
              </th>
              <th scope="col" className={classes.right}>
                {pairColumns.ofThis}
              </th>
              <th scope="col" className={classes.right}>
                {pairColumns.ofOther}
              </th>
              <th scope="col" className={`${classes.wide} ${classes.right}`}>
                {pairColumns.jaccard}
              </th>
            </tr>
          </thead>
          <tbody>
            {pairRows(overlaps, audienceId).map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  <Link to="/audiences/$audienceId" params={{ audienceId: row.id }} size="sm">
                    {nameOf(row.id)}
                  </Link>
                </th>
                <td className={classes.right} data-both={row.both}>
                  {formatCount(row.both)}
                </td>
                <td className={classes.right}>{text.percent(row.ofThis)}</td>
                <td className={classes.right}>{text.percent(row.ofOther)}</td>
                <td className={`${classes.wide} ${classes.right}`}>{text.percent(row.jaccard)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
