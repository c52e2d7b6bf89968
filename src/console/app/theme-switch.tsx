import { useState } from 'preact/hooks';
import { chooseTheme, type ThemeChoice, themeChoice } from '../theme/theme';
import { Icon } from '../ui/icon';

const CHOICES: readonly { readonly choice: ThemeChoice; readonly text: string }[] = [
  { choice: 'light', text: 'Light' },
  { choice: 'dark', text: 'Dark' },
  { choice: 'system', text: 'As the system' },
];

/** Light, dark, or as the operating system says. */
export function ThemeSwitch() {
  const [chosen, setChosen] = useState(themeChoice);
  return (
    <fieldset class="theme-switch">
      <legend class="visually-hidden">Theme</legend>
      {CHOICES.map(({ choice, text }) => (
        <label key={choice} title={text}>
          <input
            type="radio"
            name="theme"
            checked={choice === chosen}
            onChange={() => {
              chooseTheme(choice);
              setChosen(choice);
            }}
          />
          <Icon name={choice} />
          <span class="visually-hidden">{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
