/** The approved words that a greeting sends, and the rules that each one is checked against before it goes. */
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Chip, Icon, PageState, Parts } from '../../../ui';
import { iCheck, iClock } from '../../../ui/icons';
import { Select } from '../../../ui/Select';
import { useMe } from '../../session';
import type { Greeting } from '../data';
import css from './GreetingPanel.module.css';

const checks = ['connection', 'refused', 'cap'] as const;

export function GreetingPanel(props: {
  greetings: Greeting[];
  chosen: Greeting | null;
  onChoose: (id: string) => void;
  client: string | null;
}) {
  const { greetings, chosen, onChoose } = props;
  if (!chosen) {
    return (
      <aside className={css.panel} aria-label={t('greet.title')}>
        <PageState kind="empty" title={t('greet.none')} />
      </aside>
    );
  }
  return (
    <aside className={css.panel} aria-label={t('greet.title')}>
      <header className={css.head}>
        <h2 className={css.title}>
          {t('greet.title')} <Chip tone="go">{t('greet.approved')}</Chip>
        </h2>
        <p className={css.sub}>
          <Parts
            of={[
              chosen.title,
              chosen.version ? t('card.version', { n: chosen.version }) : '',
              chosen.approved_on ? t('cite.reviewed', { date: chosen.approved_on }) : '',
            ]}
          />
        </p>
        {greetings.length > 1 ? (
          <Select
            label={t('greet.choose')}
            bare
            value={chosen.id}
            onChange={onChoose}
            options={greetings.map((one) => ({ id: one.id, text: one.title }))}
          />
        ) : null}
      </header>
      <Preview greeting={chosen} client={props.client} />
      <section className={css.section}>
        <h3 className={css.label}>{t('greet.checks')}</h3>
        <ul className={css.checks}>
          {checks.map((one) => (
            <li key={one}>
              <Icon of={iCheck} size={16} />
              {t(`greet.check.${one}`)}
            </li>
          ))}
          <li>
            <Icon of={iClock} size={16} />
            {t('greet.check.quiet')}
          </li>
        </ul>
      </section>
      <p className={css.foot}>{t('greet.one')}</p>
    </aside>
  );
}

/** The words as the first of those who can be greeted would get them; what is filled in has its own ground. */
function Preview({ greeting, client }: { greeting: Greeting; client: string | null }) {
  const me = useMe();
  const who = client ?? t('role.client');
  const filled: Record<string, string> = {
    client: who,
    advisor: named(me),
    code: me.code ?? '',
    firm: named(me.firm),
  };
  return (
    <div className={css.preview}>
      <p className={css.bubble}>
        {greeting.text.split(/(\{\w+\})/).map((part, index) => {
          const hole = /^\{(\w+)\}$/.exec(part)?.[1];
          return hole ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
            <span key={index} className={css.hole}>
              {filled[hole] ?? part}
            </span>
          ) : (
            part
          );
        })}
      </p>
      <p className={css.sub}>{t('greet.filled')}</p>
    </div>
  );
}
