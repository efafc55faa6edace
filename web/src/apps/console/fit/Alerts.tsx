/** Attempts whose answers rose within days: somebody should look whether they were the client's own. */
import { useQuery } from '@tanstack/react-query';
import { moment } from '../../../core/format';
import { t as own } from '../../../locales/fit';
import { ErrorState, LevelBadge, Loading, PageState } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { iFlag } from '../../../ui/icons';
import { api } from '../../session';

interface Attempt {
  id: string;
  client_name: string;
  taken_at: number;
  score: number;
  level: string | null;
  alert: string;
}

export function Alerts() {
  const list = useQuery({
    queryKey: ['fit', 'alerts'],
    queryFn: () => api.get<{ items: Attempt[] }>('/api/suitability/alerts'),
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data.items.length) {
    return (
      <PageState kind="empty" icon={iFlag} title={own('alert.none')}>
        {own('alert.none.text')}
      </PageState>
    );
  }
  return (
    <DataTable
      caption={own('fit.alerts')}
      rows={list.data.items}
      rowKey={(one) => one.id}
      columns={[
        { id: 'client', head: own('alert.client'), cell: (one) => one.client_name, grow: true },
        { id: 'at', head: own('alert.at'), cell: (one) => moment(one.taken_at) },
        { id: 'score', head: own('alert.score'), cell: (one) => one.score, numeric: true },
        {
          id: 'level',
          head: own('alert.level'),
          cell: (one) => (one.level ? <LevelBadge level={one.level} /> : ''),
        },
        {
          id: 'rose',
          head: own('alert.rose'),
          cell: (one) => one.alert.split(':')[1] ?? '',
          numeric: true,
        },
      ]}
    />
  );
}
