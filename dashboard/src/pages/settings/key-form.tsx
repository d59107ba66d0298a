import { useState } from 'react';
import type { KeyInput, Scope } from '../../api/house.ts';
import { Button } from '../../ui/button.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

interface KeyFormProps {
  readonly isBusy: boolean;
  readonly onSubmit: (input: KeyInput) => void;
  readonly onCancel: () => void;
}

export function KeyForm({ isBusy, onSubmit, onCancel }: KeyFormProps) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('write');
  const [origins, setOrigins] = useState('');
  return (
    <form
      className="mb-3 grid items-start gap-3 rounded-lg bg-sunken p-3 sm:grid-cols-3"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        onSubmit({ name, scope, origins: origins.split(/[\s,]+/).filter(Boolean) });
      }}
    >
      <Field label="Name" hint="So that you know it again">
        <input
          required
          value={name}
          placeholder="website"
          onChange={({ target }) => setName(target.value)}
          className={inputBox}
        />
      </Field>
      <Field label="What it may do">
        <select value={scope} onChange={({ target }) => setScope(target.value as Scope)} className={inputBox}>
          <option value="write">Send events; safe in a page</option>
          <option value="read">Ask questions</option>
          <option value="admin">Everything in this project</option>
        </select>
      </Field>
      {scope === 'write' && (
        <Field label="Only from these origins" hint="Empty: from anywhere">
          <input
            value={origins}
            placeholder="https://www.example.com"
            onChange={({ target }) => setOrigins(target.value)}
            className={inputBox}
          />
        </Field>
      )}
      <div className="flex gap-2 sm:col-span-3">
        <Button type="submit" look="primary" disabled={isBusy}>
          Make the key
        </Button>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
