/** One entry in full, with what makes it trustworthy: topic, version, review date. */
import { useQuery } from '@tanstack/react-query';
import { t } from '../../../locales/desk';
import { Button, Chip, ErrorState, Loading, Parts, toast } from '../../../ui';
import { api } from '../../session';
import type { Knowledge } from '../data';
import { topicName } from '../words';
import css from './Entry.module.css';
import { reviewedOn } from './words';

export function Entry({ id }: { id: string }) {
  const entry = useQuery({
    queryKey: ['entry', id],
    queryFn: () => api.get<Knowledge>(`/api/knowledge/${id}`),
    staleTime: 60_000,
  });
  if (entry.isPending) return <Loading rows={4} />;
  if (entry.isError) return <ErrorState error={entry.error} onRetry={() => void entry.refetch()} />;
  const one = entry.data;
  const text = one.answer ?? one.text ?? '';
  return (
    <article className={css.entry}>
      <h2 className={css.title}>{one.title}</h2>
      <p className={css.meta}>
        <Chip>{topicName(one.topic)}</Chip>
        <span>
          <Parts of={[t('card.version', { n: one.version }), reviewedOn(one)]} />
        </span>
      </p>
      <div className={css.text}>{text}</div>
      <Button
        onPress={() => {
          void navigator.clipboard?.writeText(text);
          toast(t('knowledge.copied'));
        }}
      >
        {t('message.copy')}
      </Button>
    </article>
  );
}
