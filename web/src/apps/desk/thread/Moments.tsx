/**
 * Moments to choose from: a few that fit the trading day, each with its hour, or one of one's own; the button that
 * confirms that one belongs to the form `moment`.
 */
import { t } from '../../../locales/desk';
import { DateField } from '../../../ui/DateField';
import css from './dialogs.module.css';
import { momentAt, moments, whenName } from './later';

export function Moments(props: {
  /** What the moments are reckoned from: ms since 1970. */
  now: number;
  busy: boolean;
  own: string;
  problem: string;
  /** Whether the first one has the focus as soon as it is there. */
  first?: boolean;
  onOwn: (own: string) => void;
  onChoose: (at: number) => void;
}) {
  const { now, busy, own, problem, first = false, onOwn, onChoose } = props;
  return (
    <>
      <ul className={css.people}>
        {moments.map((one, index) => {
          const at = momentAt(one, now);
          return (
            <li key={one}>
              <button
                type="button"
                className={css.person}
                disabled={busy}
                // biome-ignore lint/a11y/noAutofocus: the dialog is opened in order to choose
                autoFocus={first && index === 0}
                onClick={() => onChoose(at)}
              >
                <span className={css.name}>{t(`later.${one}`)}</span>
                <span className={css.aside}>{whenName(at)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <form
        id="moment"
        className={css.own}
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(new Date(own).getTime());
        }}
      >
        <DateField label={t('later.own')} type="datetime-local" value={own} onChange={onOwn} />
      </form>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
    </>
  );
}
