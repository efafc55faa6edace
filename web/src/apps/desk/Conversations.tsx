/** The advisor's conversations, newest first. */
import { useQuery } from '@tanstack/react-query';
import { ago } from '../../core/format';
import { t } from '../../locales/desk';
import { DataTable, ErrorState, Loading, PageState } from '../../ui';
import { PageHead } from '../Shell';
import { api } from '../session';

interface Row {
  id: string;
  client: { id: string; name: string };
  last: { text: string; at: number } | null;
}

export function Conversations() {
  const list = useQuery({
    queryKey: ['conversations'],
    queryFn: () => api.get<{ items: Row[] }>('/api/conversations', { state: 'open' }),
  });
  return (
    <>
      <PageHead title={t('nav.conversations')} />
      {list.isPending ? <Loading /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.items.length === 0 ? (
        <PageState kind="empty" title={t('conversations.empty.title')}>
          {t('conversations.empty.text')}
        </PageState>
      ) : null}
      {list.data?.items.length ? (
        <DataTable
          caption={t('nav.conversations')}
          rows={list.data.items}
          rowKey={(row) => row.id}
          columns={[
            { id: 'client', head: t('role.client'), cell: (row) => row.client.name },
            { id: 'last', head: '', grow: true, cell: (row) => row.last?.text ?? '' },
            {
              id: 'at',
              head: '',
              numeric: true,
              cell: (row) => (row.last ? ago(row.last.at) : ''),
            },
          ]}
        />
      ) : null}
    </>
  );
}
