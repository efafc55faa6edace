/**
 * A table for reading: numbers right with their heads, one action at the end of a row, sorted by a named column. On a
 * phone each row is a block, its cells below each other behind their heads.
 */
import type { ReactNode } from 'react';
import { t } from '../locales/common';
import css from './DataTable.module.css';
import { Icon } from './Icon';
import { iDown } from './icons';

interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  numeric?: boolean;
  sortable?: boolean;
  /** Takes what room is left and cuts long words. */
  grow?: boolean;
}

interface Sorting {
  column: string;
  descending: boolean;
}

export interface DataTableProps<Row> {
  /** What the table holds; read out, and shown above with `captioned`. */
  caption: string;
  captioned?: boolean;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  selected?: string | null;
  /** Makes the rows choosable by pointer and keyboard. */
  onSelect?: (row: Row) => void;
  sorting?: Sorting;
  onSort?: (next: Sorting) => void;
  /** Stands in the place of heads and rows when there are none. */
  empty?: ReactNode;
  dense?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, selected, onSelect, empty, dense } = props;
  const none = rows.length === 0 && empty;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
    <section className={css.scroll} aria-label={props.caption} tabIndex={0}>
      <table className={`${css.table} ${dense ? css.dense : ''}`}>
        <caption className={props.captioned ? css.caption : 'visually-hidden'}>
          {props.caption}
        </caption>
        {none ? null : (
          <thead className={props.onSort ? css.sorts : ''}>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} {...props} />
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                aria-current={selected === key ? 'true' : undefined}
                className={`${selected === key ? css.on : ''} ${onSelect ? css.choosable : ''}`}
                tabIndex={onSelect ? 0 : undefined}
                onClick={onSelect ? () => onSelect(row) : undefined}
                onKeyDown={
                  onSelect
                    ? (event) => {
                        if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
                        event.preventDefault();
                        onSelect(row);
                      }
                    : undefined
                }
              >
                {columns.map((column) => (
                  <td
                    key={column.id}
                    data-head={typeof column.head === 'string' ? column.head : undefined}
                    className={`${column.numeric ? css.numeric : ''} ${column.grow ? css.grow : ''}`}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {none ? (
            <tr>
              <td className={css.empty}>{empty}</td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </section>
  );
}

function Head<Row>(props: DataTableProps<Row> & { column: Column<Row> }) {
  const { column, sorting, onSort } = props;
  const here = sorting?.column === column.id;
  const state = here ? (sorting.descending ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" aria-sort={state} className={column.numeric ? css.numeric : ''}>
      {column.sortable && onSort ? (
        <button
          type="button"
          className={css.sort}
          title={t('table.sort')}
          onClick={() =>
            onSort({ column: column.id, descending: here ? !sorting.descending : true })
          }
        >
          {column.head}
          {here ? <Icon of={iDown} size={14} className={sorting.descending ? '' : css.up} /> : null}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
