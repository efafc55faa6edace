/** A document's content as a form, or as something to read where nobody may change it. */
import type { ReactNode } from 'react';
import { language } from '../../../core/i18n';
import { orElse, t as own } from '../../../locales/fit';
import { Button, LevelBadge } from '../../../ui';
import { Checkbox, TextField } from '../../../ui/Fields';
import { another, type Content, type Kind, ordered, placed, type Value } from './documents';
import css from './fit.module.css';

type Path = (string | number)[];
type Write = ((path: Path, value: Value) => void) | undefined;

/** What a field is called; ids and levels stand for themselves. */
export const label = (key: string): string => {
  const known = orElse(`field.${key}`, 'doc.none');
  return known === own('doc.none') ? key : known;
};

export function Form(props: {
  kind: Kind;
  content: Content;
  onChange?: (content: Content) => void;
}) {
  const { kind, content, onChange } = props;
  const write: Write =
    onChange && ((path, value) => onChange(placed(content, path, value) as Content));
  if (kind === 'matrix') return <Matrix allowed={content.allowed as Allowed} write={write} />;
  if (kind === 'bands') return <Bands bands={content.bands as unknown as Band[]} write={write} />;
  return (
    <>
      {ordered(content).map(([key, value]) => (
        <Field key={key} name={key} value={value} path={[key]} write={write} />
      ))}
    </>
  );
}

function Field(props: { name: string; value: Value; path: Path; write: Write }) {
  const { name, value, path, write } = props;
  const text = label(name);
  if (typeof value === 'boolean') {
    return (
      <Checkbox isSelected={value} isDisabled={!write} onChange={(on) => write?.(path, on)}>
        {text}
      </Checkbox>
    );
  }
  if (Array.isArray(value)) return <List {...props} list={value} />;
  if (value !== null && typeof value === 'object') {
    const languages = 'zh-CN' in value;
    return (
      <fieldset className={css.group}>
        <legend>{text}</legend>
        <div className={languages ? css.pair : css.inside}>
          {ordered(value).map(([key, one]) => (
            <Field key={key} name={key} value={one} path={[...path, key]} write={write} />
          ))}
        </div>
      </fieldset>
    );
  }
  const number = typeof value === 'number';
  const long = String(value ?? '').length > 60;
  return (
    <TextField
      label={text}
      value={String(value ?? '')}
      rows={long ? 6 : 1}
      inputMode={number ? 'numeric' : 'text'}
      isReadOnly={!write || name === 'id'}
      onChange={(typed) =>
        write?.(path, number ? Number(typed.replace(/[^\d.]/g, '')) || 0 : typed)
      }
    />
  );
}

function List(props: { name: string; list: Value[]; path: Path; write: Write }) {
  const { name, list, path, write } = props;
  const plain = list.every((one) => typeof one !== 'object' || one === null);
  if (plain) {
    const numbers = list.some((one) => typeof one === 'number');
    return (
      <TextField
        label={label(name)}
        value={list.join(', ')}
        isReadOnly={!write}
        onChange={(typed) => {
          const parts = typed.split(/[,，\s]+/).filter(Boolean);
          write?.(path, numbers ? parts.map((one) => Number(one) || 0) : parts);
        }}
      />
    );
  }
  return (
    <fieldset className={css.group}>
      <legend>{label(name)}</legend>
      {list.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what is changed
        <details key={index} className={css.member}>
          <summary>
            <span>{titleOf(one, index)}</span>
          </summary>
          <div className={css.inside}>
            {ordered(one as Content).map(([key, value]) => (
              <Field
                key={key}
                name={key}
                value={value}
                path={[...path, index, key]}
                write={write}
              />
            ))}
            {write && list.length > 1 ? (
              <div>
                <Button
                  onPress={() =>
                    write(
                      path,
                      list.filter((_, at) => at !== index),
                    )
                  }
                >
                  {own('doc.remove')}
                </Button>
              </div>
            ) : null}
          </div>
        </details>
      ))}
      {write ? (
        <div>
          <Button onPress={() => write(path, [...list, another(list)])}>{own('doc.add')}</Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function titleOf(one: Value, index: number): ReactNode {
  const node = one as { text?: Record<string, string>; score?: number };
  const text = node.text?.[language()] || node.text?.['zh-CN'] || `${index + 1}`;
  return node.score === undefined ? text : `${text} · ${node.score}`;
}

const CLASSES = ['C1L', 'C1', 'C2', 'C3', 'C4', 'C5', 'P'] as const;
type Allowed = Record<(typeof CLASSES)[number], number[]>;

/** Clients by products; what the law forbids cannot be ticked. */
function Matrix({ allowed, write }: { allowed: Allowed; write: Write }) {
  const highest = (one: (typeof CLASSES)[number], index: number) =>
    one === 'P' ? 5 : Math.max(1, index);
  return (
    <section
      className={css.grid}
      aria-label={own('kind.matrix')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keys too
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{own('matrix.class')}</th>
            {[1, 2, 3, 4, 5].map((risk) => (
              <th key={risk} scope="col">
                <LevelBadge level={`R${risk}`} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {CLASSES.map((one, index) => {
            const name =
              one === 'C1L' ? own('matrix.lowest') : one === 'P' ? own('matrix.professional') : one;
            return (
              <tr key={one}>
                <th scope="row">{name}</th>
                {[1, 2, 3, 4, 5].map((risk) => {
                  const on = allowed[one].includes(risk);
                  const lawful = risk <= highest(one, index);
                  return (
                    <td key={risk}>
                      {write ? (
                        <Checkbox
                          isSelected={on}
                          isDisabled={!lawful || (risk === 1 && one !== 'P')}
                          onChange={(ticked) =>
                            write(
                              ['allowed', one],
                              [1, 2, 3, 4, 5].filter((each) =>
                                each === risk ? ticked : allowed[one].includes(each),
                              ),
                            )
                          }
                        >
                          <span className="visually-hidden">
                            {own('matrix.cell', { name, risk: `R${risk}` })}
                          </span>
                        </Checkbox>
                      ) : (
                        <span className={on ? css.mark : css.no}>{on ? '✓' : '–'}</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface Band {
  level: number;
  low: number;
  high: number;
}

/** Scores by level; a band that is moved takes the edge of its neighbour along. */
function Bands({ bands, write }: { bands: Band[]; write: Write }) {
  const move = (index: number, high: number) => {
    const moved = bands.map((one, at) =>
      at === index ? { ...one, high } : at === index + 1 ? { ...one, low: high + 1 } : one,
    );
    write?.(['bands'], moved as unknown as Value);
  };
  return (
    <section
      className={css.grid}
      aria-label={own('kind.bands')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keys too
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{own('bands.level')}</th>
            <th scope="col">{own('bands.low')}</th>
            <th scope="col">{own('bands.high')}</th>
          </tr>
        </thead>
        <tbody>
          {bands.map((one, index) => (
            <tr key={one.level}>
              <th scope="row">
                <LevelBadge level={`C${one.level}`} />
              </th>
              <td>{one.low}</td>
              <td>
                {write ? (
                  <TextField
                    bare
                    label={`C${one.level} ${own('bands.high')}`}
                    inputMode="numeric"
                    value={String(one.high)}
                    onChange={(typed) => move(index, Number(typed.replace(/\D/g, '')) || 0)}
                  />
                ) : (
                  one.high
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
