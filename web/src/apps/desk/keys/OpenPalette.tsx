/** The command palette with what can be done here and now; loaded when it is first opened. */
import { useState } from 'react';
import { CommandPalette } from '../../../ui/CommandPalette';
import { useHeader, usePool, useRows } from '../data';
import type { Dialogs } from '../desk';
import { paletteActions } from './actions';

export function OpenPalette({ current, desk }: { current: string | null; desk: Dialogs }) {
  const rows = useRows('open');
  const pool = usePool();
  const header = useHeader(current ?? '', Boolean(current));
  const [actions] = useState(() =>
    paletteActions({
      header: header.data ?? null,
      rows: rows.data?.items ?? [],
      pool: pool.data?.items.length ?? 0,
      run: desk.run,
    }),
  );
  return <CommandPalette onClose={() => desk.show('palette', false)} actions={actions} />;
}
