/** Segments: one of a few ways to look at the same thing. */
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import css from './Tabs.module.css';

export function Segmented(props: {
  label: string;
  options: { id: string; text: ReactNode }[];
  selected: string;
  onSelect: (id: string) => void;
  wide?: boolean;
}) {
  return (
    <ToggleButtonGroup
      aria-label={props.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.selected]}
      onSelectionChange={(keys) => {
        const [first] = keys;
        if (first !== undefined) props.onSelect(String(first));
      }}
      className={`${css.segments} ${props.wide ? css.wide : ''}`}
    >
      {props.options.map((option) => (
        <ToggleButton key={option.id} id={option.id} className={css.segment}>
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
