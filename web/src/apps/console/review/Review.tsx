/** The review room: the queue, protected tickets, cases, broadcasts, breaches, figures. Its words come with it. */
import { lazy, Suspense } from 'react';
import { t as common } from '../../../locales/console';
import { speak, t, type Word } from '../../../locales/review';
import { Badge, Loading, Segmented, useQuery as useAddress } from '../../../ui';
import { PageHead } from '../../Shell';
import { useSpoken } from '../../spoken';
import { Breaches } from './Breaches';
import { Broadcasts } from './Broadcasts';
import { Cases } from './Cases';
import { Figures } from './Figures';
import { Queue } from './Queue';
import css from './review.module.css';
import { useRoom } from './shared';
import { Tickets } from './Tickets';
import type { Summary } from './types';

const PARTS = [
  { id: 'queue', Part: Queue },
  { id: 'tickets', Part: Tickets },
  { id: 'cases', Part: Cases },
  { id: 'broadcasts', Part: Broadcasts },
  { id: 'breaches', Part: Breaches },
  { id: 'policies', Part: lazy(() => import('./Policies')) },
  { id: 'figures', Part: Figures },
] as const;

export default function Review() {
  const [address, change] = useAddress();
  const spoken = useSpoken(speak);
  const summary = useRoom<Summary>('/api/review/summary');
  const shown = PARTS.find((one) => one.id === address.get('part')) ?? PARTS[0];
  if (!spoken) return <Loading />;
  const counts: Record<string, number> = {
    queue: summary.data?.waiting ?? 0,
    tickets: summary.data?.tickets ?? 0,
  };
  return (
    <>
      <PageHead title={common('nav.review')}>
        <Segmented
          label={common('nav.review')}
          selected={shown.id}
          onSelect={(id) => change({ part: id, kind: null, i: null })}
          options={PARTS.map(({ id }) => ({
            id,
            text: (
              <span className={css.count}>
                {t(`part.${id}` as Word)}
                {counts[id] ? <Badge count={counts[id]} /> : null}
              </span>
            ),
          }))}
        />
      </PageHead>
      <Suspense fallback={<Loading />}>
        <shown.Part />
      </Suspense>
    </>
  );
}
