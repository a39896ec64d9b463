// Charts as SVG: each is a picture with a title and a sentence, and under it the table of the same numbers. Who does not see colours has
// shapes, dashes and words; who does not see has the table.
import { Fragment, type ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n';
import { GLYPH, type State } from '../state';

interface Described {
	title: string;
	/** What one sees, in a sentence. */
	desc: string;
}

function Framed({ title, desc, width, height, children, table }: Described & { width: number; height: number; children: ComponentChildren; table: ComponentChildren }) {
	const id = useId();
	return <figure class="chart">
		<figcaption>{title}</figcaption>
		<svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-t ${id}-d`}>
			<title id={`${id}-t`}>{title}</title>
			<desc id={`${id}-d`}>{desc}</desc>
			{children}
		</svg>
		<details><summary>{t('chart.table')}</summary>{table}</details>
	</figure>;
}

export interface Series {
	name: string;
	/** One for each label; null = no value there: the line is broken. */
	values: (number | null)[];
}

const WIDTH = 640, HEIGHT = 220, LEFT = 64, BOTTOM = 28, TOP = 10;

/** Lines over labels. At most four series; told apart by dashes. `target`: a level to compare with. */
export function Lines({ title, desc, subject, labels, series, text, from, to, target }: Described & {
	/** What a label is: the head of the table's first column. */
	subject: string;
	labels: string[];
	series: Series[];
	text: (value: number) => string;
	from?: number;
	to?: number;
	target?: number;
}) {
	const all = series.flatMap((s) => s.values).filter((v): v is number => v !== null).concat(target ?? []);
	const low = from ?? Math.min(0, ...all), high = Math.max(to ?? -Infinity, ...all, low + 1);
	const x = (i: number) => LEFT + (labels.length < 2 ? 0 : i * (WIDTH - LEFT - 8) / (labels.length - 1));
	const y = (v: number) => TOP + (high - v) * (HEIGHT - TOP - BOTTOM) / (high - low);
	const path = (values: (number | null)[]) => values.map((v, i) => v === null ? '' : `${i === 0 || values[i - 1] === null ? 'M' : 'L'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
	const marks = [low, (low + high) / 2, high];

	return <Framed title={title} desc={desc} width={WIDTH} height={HEIGHT} table={<table>
		<caption class="unseen">{title}</caption>
		<thead><tr><th scope="col">{subject}</th>{series.map((s) => <th scope="col" class="number" key={s.name}>{s.name}</th>)}</tr></thead>
		<tbody>{labels.map((label, i) => <tr key={label}><th scope="row">{label}</th>
			{series.map((s) => <td class="number" key={s.name}>{s.values[i] === null || s.values[i] === undefined ? '–' : text(s.values[i] as number)}</td>)}</tr>)}</tbody>
	</table>}>
		{marks.map((v) => <g key={v}><line class="rule" x1={LEFT} x2={WIDTH - 8} y1={y(v)} y2={y(v)} /><text class="tick" x={LEFT - 6} y={y(v) + 4} text-anchor="end">{text(v)}</text></g>)}
		{target !== undefined && <line class="target" x1={LEFT} x2={WIDTH - 8} y1={y(target)} y2={y(target)} />}
		{series.map((s, i) => <path key={s.name} class={`line line-${i}`} d={path(s.values)} />)}
		{[0, labels.length - 1].filter((i, n, list) => i >= 0 && list.indexOf(i) === n).map((i) => <text key={i} class="tick" x={x(i)} y={HEIGHT - 8} text-anchor={i === 0 ? 'start' : 'end'}>{labels[i]}</text>)}
	</Framed>;
}

/** One bar for each label. */
export function Bars({ title, desc, subject, labels, values, text }: Described & { subject: string; labels: string[]; values: number[]; text: (value: number) => string }) {
	const high = Math.max(...values, 1);
	const step = (WIDTH - LEFT - 8) / Math.max(labels.length, 1);
	const h = (v: number) => v * (HEIGHT - TOP - BOTTOM) / high;
	return <Framed title={title} desc={desc} width={WIDTH} height={HEIGHT} table={<table>
		<caption class="unseen">{title}</caption>
		<thead><tr><th scope="col">{subject}</th><th scope="col" class="number">{title}</th></tr></thead>
		<tbody>{labels.map((label, i) => <tr key={label}><th scope="row">{label}</th><td class="number">{text(values[i] ?? 0)}</td></tr>)}</tbody>
	</table>}>
		{[0, high].map((v) => <g key={v}><line class="rule" x1={LEFT} x2={WIDTH - 8} y1={HEIGHT - BOTTOM - h(v)} y2={HEIGHT - BOTTOM - h(v)} /><text class="tick" x={LEFT - 6} y={HEIGHT - BOTTOM - h(v) + 4} text-anchor="end">{text(v)}</text></g>)}
		{values.map((v, i) => <rect key={i} class="bar" x={LEFT + i * step + step * 0.12} width={step * 0.76} y={HEIGHT - BOTTOM - h(v)} height={h(v)} />)}
		{[0, labels.length - 1].filter((i, n, list) => i >= 0 && list.indexOf(i) === n).map((i) => <text key={i} class="tick" x={LEFT + i * step} y={HEIGHT - 8}>{labels[i]}</text>)}
	</Framed>;
}

/** A stretch of a timeline. Gaps are `unknown`, and drawn as gaps. */
export interface Stretch {
	from: number;
	to: number;
	state: State;
	/** What is spoken and shown: "14 oktober 08.12 till 16.15, avbrott, 8 timmar 3 minuter". */
	text: string;
	/** Short, inside the bar when there is room. */
	label?: string;
	id?: string;
}

// what a label takes, in percent of the strip
const LABEL_ROOM = 6, LABEL_ROOM_SMALL = 22, SMALL_PX = 640;

/** Where a bar's label has room, in percent from the left: inside it, after it, before it; null = nowhere. */
function labelAt(bar: { left: number; width: number }, before: number, after: number): { left: number; inside: boolean } | null {
	const right = bar.left + bar.width, room = innerWidth < SMALL_PX ? LABEL_ROOM_SMALL : LABEL_ROOM;
	if (bar.width >= room) return { left: bar.left, inside: true };
	if (after - right >= room) return { left: right, inside: false };
	return bar.left - before >= room ? { left: bar.left - room, inside: false } : null;
}

/** One row of a timeline: a single tab stop whose arrows walk what deviates. What no stretch covers is not known, and is left bare.
 *  `quiet`: nothing is written under it; `axis`: what stands there until somebody walks. */
export function Strip({ name, from, to, stretches, onPick, quiet, axis }: {
	name: string;
	from: number;
	to: number;
	stretches: Stretch[];
	onPick?: (stretch: Stretch) => void;
	quiet?: boolean;
	axis?: ComponentChildren;
}) {
	const [at, set] = useState(-1);
	const [seen, see] = useState(false);
	const deviating = stretches.filter((s) => s.state !== 'ok').sort((a, b) => a.from - b.from);
	const x = (v: number) => (Math.min(Math.max(v, from), to) - from) * 100 / Math.max(to - from, 1);
	const boxOf = (s: Stretch) => ({ s, left: x(s.from), width: x(s.to) - x(s.from) });
	const bars = deviating.map(boxOf);
	const current = deviating[at];
	const onKey = (event: KeyboardEvent) => {
		const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: deviating.length - 1 }[event.key];
		if (event.key === 'Enter' && current && onPick) onPick(current);
		if (next === undefined || deviating.length === 0) return;
		event.preventDefault();
		set(Math.min(Math.max(next, 0), deviating.length - 1));
	};
	return <div class="strip">
		<div class="stretches" tabIndex={0} role="slider" aria-label={name} aria-valuemin={0} aria-valuemax={deviating.length}
			aria-valuenow={at + 1} aria-valuetext={current?.text ?? t('strip.summary', { n: deviating.length })} onKeyDown={onKey} onFocus={() => see(true)} onBlur={() => see(false)}>
			{stretches.filter((s) => s.state === 'ok').map(boxOf).map(({ s, left, width }) => <span key={s.from} class="bar-of fillbox ok" style={{ left: `${left}%`, width: `${width}%` }} />)}
			{bars.map(({ s, left, width }, i) => {
				const before = bars[i - 1];
				const label = s.label ? labelAt({ left, width }, before ? before.left + before.width : 0, bars[i + 1]?.left ?? 100) : null;
				return <Fragment key={s.id ?? s.from}>
					<span class={`bar-of fillbox ${s.state}${seen && s === current ? ' current' : ''}${onPick ? ' pick' : ''}`} title={s.text} style={{ left: `${left}%`, width: `${width}%` }} onClick={() => onPick?.(s)} />
					{label && <span class={`bar-label${label.inside ? ` ${s.state}` : ''}`} style={{ left: `${label.left}%` }}>{s.label}</span>}
				</Fragment>;
			})}
		</div>
		{seen && current && !quiet ? <p class="muted" aria-hidden="true">{GLYPH[current.state]} {current.text}</p> : axis ?? (quiet ? null : <p class="muted" aria-hidden="true">{'\u00a0'}</p>)}
	</div>;
}
