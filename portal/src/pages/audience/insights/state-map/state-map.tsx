import type { Cell } from '../bars.ts';
import { text } from '../text.ts';
import { indexShades, shadeOf } from './shades.ts';
import classes from './state-map.module.css';
import { stateNames, type Tile, tiles } from './us-states.ts';

/** The regions as a map, where they are US states. It is one picture: the table below it has the figures. */
export function StateMap({ cells }: { cells: readonly Cell[] }) {
  const cellOf = new Map(cells.flatMap((cell) => (cell.value === undefined ? [] : [[cell.value, cell]])));
  const shades = [...indexShades, 'withheld', 'none'] as const;
  const used = new Set(tiles.map(({ code }) => shadeOf(cellOf.get(code))));
  return (
    <figure className={classes.figure}>
      <div className={classes.map} role="img" aria-label={text.map.label}>
        {tiles.map((tile) => (
          <StateTile key={tile.code} tile={tile} cell={cellOf.get(tile.code)} />
        ))}
      </div>
      <figcaption>
        <ul className={classes.legend} aria-label={text.map.legend}>
          {shades
            .filter((shade) => used.has(shade))
            .map((shade) => (
              <li key={shade}>
                <span className={classes.swatch} data-shade={shade} aria-hidden />
                {text.map.shades[shade]}
              </li>
            ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function StateTile({ tile: { code, row, column }, cell }: { tile: Tile; cell: Cell | undefined }) {
  return (
    <div
      className={classes.tile}
      data-state={code}
      data-shade={shadeOf(cell)}
      style={{ gridRow: row, gridColumn: column }}
      title={text.map.tile(stateNames.get(code) ?? code, cell)}
    >
      <b>{code}</b>
      <span className="figures">{cell?.index === undefined ? '' : text.count(cell.index)}</span>
    </div>
  );
}
