/** Reading what clients said needs a reason, and the reason is kept with every look. */
import { useState } from 'react';
import { Button } from '../../ui';
import { TextField } from '../../ui/Fields';
import page from './page.module.css';
import css from './search.module.css';

/** Fewer letters than these are no reason. */
const LEAST = 4;

export function Purpose(props: {
  words: Record<'title' | 'text' | 'label' | 'example' | 'begin', string>;
  onSet: (purpose: string) => void;
}) {
  const { words, onSet } = props;
  const [text, setText] = useState('');
  const ready = text.trim().length >= LEAST;
  return (
    <div className={page.body}>
      <form
        className={`${page.card} ${page.pad} ${css.purpose}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSet(text.trim());
        }}
      >
        <h2>{words.title}</h2>
        <p className={page.meta}>{words.text}</p>
        <TextField
          label={words.label}
          value={text}
          onChange={setText}
          maxLength={500}
          placeholder={words.example}
          autoFocus
        />
        <Button kind="primary" type="submit" isDisabled={!ready}>
          {words.begin}
        </Button>
      </form>
    </div>
  );
}
