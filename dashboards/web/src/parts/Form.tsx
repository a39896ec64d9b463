// Forms. A field has its label above, its hint under that, and what was wrong beside it in words; what the API complains of is put at the
// field that it names. A form is sent once, says that it is under way, and keeps what was written when it fails.
import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useId, useRef, useState } from 'preact/hooks';
import { Problem } from '../api';
import { t } from '../i18n';

const FormContext = createContext<{ wrong: { name: string; text: string } | null }>({ wrong: null });

interface Named {
	name: string;
	label: string;
	hint?: string;
}

function Framed({ name, label, hint, children }: Named & { children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ComponentChildren }) {
	const id = useId();
	const { wrong } = useContext(FormContext);
	const bad = wrong !== null && wrong.name === name;
	const described = [hint ? `${id}-hint` : '', bad ? `${id}-wrong` : ''].filter(Boolean).join(' ');
	return <div class="field">
		<label for={id}>{label}</label>
		{hint && <p class="muted" id={`${id}-hint`}>{hint}</p>}
		{bad && <p class="wrong" id={`${id}-wrong`}><span aria-hidden="true">✕ </span>{wrong.text}</p>}
		{children({ id, ...(described ? { 'aria-describedby': described } : {}), ...(bad ? { 'aria-invalid': true as const } : {}) })}
	</div>;
}

export interface Entry extends Named {
	required?: boolean;
	/** What stands there at first. */
	value?: string | number;
	onInput?: (value: string) => void;
}
type Kind = 'text' | 'password' | 'number' | 'date' | 'month' | 'datetime-local' | 'search' | 'tel' | 'email';
const valueOf = (event: Event) => (event.currentTarget as HTMLInputElement).value;

export function Input({ name, label, hint, onInput, value, type = 'text', ...rest }: Entry & { type?: Kind; autocomplete?: string; min?: number | string; max?: number | string; maxLength?: number; placeholder?: string; inputMode?: 'numeric' | 'decimal' }) {
	return <Framed name={name} label={label} {...(hint ? { hint } : {})}>{(ids) => <input name={name} type={type as 'text'} {...ids} {...rest}
		{...(value === undefined ? {} : { defaultValue: String(value) })} onInput={(event) => onInput?.(valueOf(event))} />}</Framed>;
}
export function Area({ name, label, hint, onInput, value, rows = 4, ...rest }: Entry & { rows?: number; maxLength?: number }) {
	return <Framed name={name} label={label} {...(hint ? { hint } : {})}>{(ids) => <textarea name={name} rows={rows} {...ids} {...rest}
		{...(value === undefined ? {} : { defaultValue: String(value) })} onInput={(event) => onInput?.(valueOf(event))} />}</Framed>;
}
/** `options`: pairs of value and text. */
export function Select({ name, label, hint, options, onInput, value, required }: Entry & { options: readonly (readonly [string, string])[] }) {
	return <Framed name={name} label={label} {...(hint ? { hint } : {})}>{(ids) => <select name={name} {...ids} required={required ?? false} onInput={(event) => onInput?.(valueOf(event))}>
		{options.map(([key, text]) => <option value={key} key={key} selected={key === String(value ?? '')}>{text}</option>)}
	</select>}</Framed>;
}
/** Several of many, as boxes to tick; the form gives a list under its name. */
export function Choices({ name, label, options, chosen = [] }: { name: string; label: string; options: readonly (readonly [string, string])[]; chosen?: readonly string[] }) {
	return <fieldset class="choices"><legend>{label}</legend>
		{options.map(([value, text]) => <label key={value}><input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} /> {text}</label>)}
	</fieldset>;
}

/** What stands in a form: one value for a name, see FormData. Boxes: `values.getAll(name)`. */
export type Values = FormData;

/** `send` throws a Problem when it fails; what it returns is said, or nothing. */
export function Form({ children, submit, send, danger, onCancel }: {
	children: ComponentChildren;
	submit: string;
	send: (values: Values) => Promise<string | void>;
	danger?: boolean;
	onCancel?: () => void;
}) {
	const [busy, setBusy] = useState(false);
	const [said, say] = useState('');
	const [problem, setProblem] = useState<Problem | null>(null);
	const form = useRef<HTMLFormElement>(null);

	const onSubmit = async (event: Event) => {
		event.preventDefault();
		if (busy || !form.current) return;
		setBusy(true);
		setProblem(null);
		say('');
		try {
			say(await send(new FormData(form.current)) ?? '');
		} catch (error) {
			setProblem(error instanceof Problem ? error : new Problem(0, String(error), ''));
			requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid], .failed')?.focus());
		}
		setBusy(false);
	};
	const wrong = problem?.field ? { name: problem.field.replace(/^body\./, ''), text: problem.detail } : null;
	const placed = wrong !== null && form.current?.elements.namedItem(wrong.name) !== null;

	return <form ref={form} onSubmit={(event) => void onSubmit(event)} aria-busy={busy}>
		<FormContext.Provider value={{ wrong }}>{children}</FormContext.Provider>
		{problem && !placed && <p class="wrong failed" role="alert" tabIndex={-1}><span aria-hidden="true">✕ </span>{problem.detail || problem.title || t('problem.failed')}</p>}
		<p class="buttons">
			<button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>{busy ? t('form.busy') : submit}</button>
			{onCancel && <button type="button" onClick={onCancel}>{t('form.cancel')}</button>}
		</p>
		<p role="status" class="said">{said}</p>
	</form>;
}

/** A button that does one thing at once and says how it went. */
export function Act({ label, act, danger }: { label: string; act: () => Promise<unknown>; danger?: boolean }) {
	const [state, set] = useState<{ busy: boolean; problem: string }>({ busy: false, problem: '' });
	const onClick = async () => {
		set({ busy: true, problem: '' });
		try {
			await act();
			set({ busy: false, problem: '' });
		} catch (error) {
			set({ busy: false, problem: error instanceof Error ? error.message : String(error) });
		}
	};
	return <>
		<button type="button" class={danger ? 'danger' : ''} disabled={state.busy} onClick={() => void onClick()}>{state.busy ? t('form.busy') : label}</button>
		{state.problem && <span class="wrong" role="alert"> ✕ {state.problem}</span>}
	</>;
}
