/** Standard answers above the text while it starts with a slash; chosen with the arrows, inserted with Enter or Tab. */
import { t } from '../../../locales/desk';
import type { Answer } from '../data';
import css from './Composer.module.css';
import { Source } from './Suggestions';

export function SlashList(props: {
  id: string;
  answers: readonly Answer[];
  chosen: number;
  onChoose: (answer: Answer) => void;
  onPoint: (index: number) => void;
}) {
  return (
    <div className={css.slash} role="listbox" id={props.id} aria-label={t('answers.title')}>
      {props.answers.map((answer, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the text field that owns the list
        <div
          key={`${answer.id}-${answer.version}`}
          id={`${props.id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === props.chosen}
          className={`${css.answer} ${index === props.chosen ? css.chosen : ''}`}
          onMouseMove={() => props.onPoint(index)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onChoose(answer)}
          ref={(node) => {
            if (node && index === props.chosen) node.scrollIntoView?.({ block: 'nearest' });
          }}
        >
          <b>{answer.title}</b>
          <Source answer={answer} />
          <p>{answer.text}</p>
        </div>
      ))}
    </div>
  );
}
