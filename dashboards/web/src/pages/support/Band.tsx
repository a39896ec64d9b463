// A ticket's time as a band: what was work, pause or closed hours, in whose hands, and where the limits lie. The table of segments under
// it says the same in words.
import { choice, t } from '../../i18n';
import { clock, duration, moment, now } from '../../time';
import { joined, pieceOf, type Clock, type Piece, type Segment, type TicketWhole } from './tickets';

const PIECES: readonly Piece[] = ['work', 'pause', 'rest', 'solved'];
const ANSWER: Record<string, string> = { met: '✓', missed: '✕', overdue: '✕' };
const LABEL_SHARE = 9; // percent of the width from which a label has room

interface Scale {
	from: number;
	to: number;
}
const share = ({ from, to }: Scale, at: number) => (Math.min(Math.max(at, from), to) - from) * 100 / Math.max(to - from, 1);

function placed(scale: Scale, from: number, to: number) {
	const left = share(scale, from);
	return { left: `${left}%`, width: `${share(scale, to) - left}%` };
}

function Row({ name, scale, runs, text }: { name: string; scale: Scale; runs: { from: number; to: number; kind: string | number | null; look: string }[]; text: (run: { from: number; to: number; kind: string | number | null }) => string }) {
	return <div class="clocklane"><span class="name">{name}</span><span class="track">
		{runs.map((run) => <span key={run.from} class={`piece ${run.look}`} style={placed(scale, run.from, run.to)} title={`${text(run)}, ${clock(run.from)}–${clock(run.to)}`}>
			{share(scale, run.to) - share(scale, run.from) > LABEL_SHARE ? text(run) : ''}</span>)}
	</span></div>;
}

function sentence(clock: Clock): string {
	const target = clock.target_s === null ? '' : ` ${t('band.of', { target: duration(clock.target_s) })}`;
	return t('band.sentence', { used: duration(clock.elapsed_s) }) + target;
}

export function Band({ ticket, segments }: { ticket: TicketWhole; segments: readonly Segment[] }) {
	const first = segments[0], last = segments.at(-1);
	if (!first || !last) return null;
	const due = ticket.resolution.due === null ? null : Date.parse(ticket.resolution.due);
	const response = ticket.clocks.response;
	const scale = { from: Date.parse(first.from), to: Math.max(Date.parse(last.to), ticket.open ? now() : 0, due ?? 0) };
	const kinds = joined(segments, pieceOf).map((run) => ({ ...run, look: run.kind }));
	const lines = joined(segments, (segment) => segment.line).map((run) => ({ ...run, look: 'line' }));
	const answered = response?.start ? Date.parse(response.end ?? response.due ?? response.start) : null;
	const answer = response ? `${duration(response.elapsed_s)} ${ANSWER[response.state] ?? ''}` : '';

	return <div class="clockband" role="img" aria-label={sentence(ticket.resolution)}>
		{response?.start && answered !== null && <Row name={t('band.response')} scale={scale} text={() => answer}
			runs={[{ from: Date.parse(response.start), to: answered, kind: 'response', look: 'response' }]} />}
		<Row name={t('band.time')} scale={scale} runs={kinds} text={({ kind, from, to }) => `${choice('piece', String(kind))} ${duration((to - from) / 1000)}`} />
		<Row name={t('tickets.line')} scale={scale} runs={lines} text={({ kind }) => choice('support_line', String(kind ?? ''))} />
		{due !== null && <div class="clocklane limit"><span class="name">{t('band.limit')}</span><span class="track"><span class="mark" style={{ left: `${share(scale, due)}%` }} /></span></div>}
		<p class="key">{moment(scale.from)} – {moment(scale.to)}{due !== null && <> · {t('band.limit')} {moment(due)}</>}{answered !== null && <> · {t('band.response')} {answer}</>} · {PIECES.filter((piece) => kinds.some(({ kind }) => kind === piece))
			.map((piece) => <span key={piece}><span class={`swatch ${piece}`} /> {choice('piece', piece)} </span>)}</p>
	</div>;
}
