/** A few fields and one button, and a question before what cannot be undone. */
import { type ReactNode, useState } from 'react';
import { t, type Word } from '../../../locales/archive';
import { t as common } from '../../../locales/console';
import { Button, Dialog } from '../../../ui';
import { DateField } from '../../../ui/DateField';
import { TextField } from '../../../ui/Fields';
import page from '../page.module.css';
import form from '../staff.module.css';
import css from './archive.module.css';

export type Given = Record<string, string>;
interface Fields {
  fields: readonly Word[];
  /** Those of them that are days. */
  days?: readonly Word[];
  /** Those of them that may be left empty. */
  optional?: readonly Word[];
  /** A line below a field. */
  help?: Partial<Record<Word, string>>;
}

/** Whether everything stands there that must. */
const isFilled = ({ fields, optional }: Fields, given: Given) =>
  fields.every((name) => optional?.includes(name) || given[name]?.trim());

function Fill(props: Fields & { given: Given; onChange: (given: Given) => void }) {
  const { given } = props;
  return props.fields.map((name) => {
    const field = {
      label: t(name),
      help: props.help?.[name],
      value: given[name] ?? '',
      onChange: (text: string) => props.onChange({ ...given, [name]: text }),
    };
    return props.days?.includes(name) ? (
      <DateField key={name} {...field} />
    ) : (
      <TextField key={name} {...field} maxLength={500} />
    );
  });
}

/** A card with a form; its fields are empty again once it was taken. */
export function Ask(
  props: Fields & {
    title: string;
    text: string;
    act: string;
    onAsk: (given: Given, taken: () => void) => void;
    /** Something beside the fields is still to be chosen. */
    lacking?: boolean;
    children?: ReactNode;
  },
) {
  const [given, setGiven] = useState<Given>({});
  return (
    <form
      className={page.card}
      onSubmit={(event) => {
        event.preventDefault();
        props.onAsk(given, () => setGiven({}));
      }}
    >
      <header className={page.cardHead}>
        <h2>{props.title}</h2>
      </header>
      <div className={`${page.pad} ${form.form} ${css.narrow}`}>
        <p className={page.meta}>{props.text}</p>
        {props.children}
        <Fill {...props} given={given} onChange={setGiven} />
        <Button kind="primary" type="submit" isDisabled={props.lacking || !isFilled(props, given)}>
          {props.act}
        </Button>
      </div>
    </form>
  );
}

/** A button that asks once more, with the fields it needs. */
export function Sure(
  props: Fields & {
    act: string;
    text: string;
    kind?: 'primary' | 'ghost';
    onAsk: (given: Given, taken: () => void) => void;
  },
) {
  const [given, setGiven] = useState<Given | null>(null);
  return (
    <>
      <Button kind={props.kind} onPress={() => setGiven({})}>
        {props.act}
      </Button>
      {given ? (
        <Dialog
          open
          title={props.act}
          onClose={() => setGiven(null)}
          actions={
            <>
              <Button onPress={() => setGiven(null)}>{common('cancel')}</Button>
              <Button
                kind="primary"
                isDisabled={!isFilled(props, given)}
                onPress={() => props.onAsk(given, () => setGiven(null))}
              >
                {props.act}
              </Button>
            </>
          }
        >
          <div className={form.form}>
            <p>{props.text}</p>
            <Fill {...props} given={given} onChange={setGiven} />
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
