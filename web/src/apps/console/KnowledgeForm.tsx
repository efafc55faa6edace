/** Writing an entry or a new version of it: both languages side by side, similar questions one a line. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { topics } from '../../core/topics';
import { t } from '../../locales/console';
import { Button, Dialog } from '../../ui';
import { TextField } from '../../ui/Fields';
import { Select } from '../../ui/Select';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import type { Entry } from './KnowledgeEntry';
import css from './staff.module.css';
import { topicName } from './staffing';

interface Wording {
  title: string;
  question: string;
  similar: string[];
  answer: string;
}
export type Content = Partial<Record<'zh-CN' | 'en', Wording>>;

const LANGUAGES = ['zh-CN', 'en'] as const;
const blank: Wording = { title: '', question: '', similar: [], answer: '' };

export function KnowledgeForm(props: {
  entry?: Entry;
  onSaved?: (saved: Entry) => void;
  onClose: () => void;
}) {
  const { entry, onSaved, onClose } = props;
  const [slug, setSlug] = useState('');
  const [topic, setTopic] = useState(entry?.topic ?? 'account');
  const [source, setSource] = useState(entry?.source ?? '');
  const [content, setContent] = useState<Record<'zh-CN' | 'en', Wording>>({
    'zh-CN': entry?.content['zh-CN'] ?? blank,
    en: entry?.content.en ?? blank,
  });
  const save = useMutation({
    mutationFn: () => {
      const written = Object.fromEntries(
        LANGUAGES.filter((one) => content[one].title.trim()).map((one) => {
          const similar = content[one].similar.map((line) => line.trim()).filter(Boolean);
          return [one, { ...content[one], similar }];
        }),
      );
      const body = { topic, source, content: written };
      return entry
        ? api.post<Entry>(`/api/knowledge/${entry.id}/versions`, body)
        : api.post<Entry>('/api/knowledge', { ...body, slug });
    },
    onSuccess: (saved) => {
      onSaved?.(saved);
      void queries.invalidateQueries({ queryKey: ['knowledge'] });
      onClose();
    },
  });
  const put = (language: 'zh-CN' | 'en', change: Partial<Wording>) =>
    setContent({ ...content, [language]: { ...content[language], ...change } });
  const complete = (one: Wording) => one.title.trim() && one.question.trim() && one.answer.trim();
  const started = (one: Wording) => one.title.trim() || one.question.trim() || one.answer.trim();
  const ready =
    (entry || /^[a-z0-9-]{3,60}$/.test(slug)) &&
    LANGUAGES.some((one) => complete(content[one])) &&
    LANGUAGES.every((one) => !started(content[one]) || complete(content[one]));
  return (
    <Dialog
      open
      wide
      dismissable={false}
      title={entry ? t('knowledge.revise') : t('knowledge.add')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!ready || save.isPending}
            onPress={() => save.mutate()}
          >
            {t('knowledge.savedraft')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Failed error={save.error} />
        <div className={css.pair}>
          {entry ? null : (
            <TextField
              label={t('knowledge.slug')}
              help={t('knowledge.slug.help')}
              value={slug}
              onChange={setSlug}
            />
          )}
          <Select
            label={t('decisions.topic')}
            value={topic}
            onChange={setTopic}
            options={topics.map((id) => ({ id, text: topicName(id) }))}
          />
          <TextField label={t('knowledge.source')} value={source} onChange={setSource} />
        </div>
        <div className={css.pair}>
          {LANGUAGES.map((language) => (
            <fieldset key={language} className={css.language} lang={language}>
              <legend>{language === 'en' ? 'English' : '中文'}</legend>
              <TextField
                label={t('knowledge.title')}
                value={content[language].title}
                onChange={(title) => put(language, { title })}
              />
              <TextField
                label={t('knowledge.question')}
                value={content[language].question}
                onChange={(question) => put(language, { question })}
              />
              <TextField
                label={t('knowledge.similar')}
                help={t('knowledge.similar.help')}
                rows={4}
                value={content[language].similar.join('\n')}
                onChange={(text) => put(language, { similar: text.split('\n') })}
              />
              <TextField
                label={t('knowledge.answer')}
                rows={7}
                maxLength={2000}
                value={content[language].answer}
                onChange={(answer) => put(language, { answer })}
              />
            </fieldset>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
