// What probes said last.
import { choice, t } from '../../i18n';
import { At, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import type { State } from '../../state';

export interface Probe {
	source?: string;
	probe: string;
	service: string | null;
	municipality: string | null;
	state: string;
	last: string | null;
	latency_ms: number | null;
	text: string;
}

const STATE_OF: Record<string, State> = { ok: 'ok', warning: 'degraded', critical: 'down' };

export function sampleState(said: string): State {
	return STATE_OF[said] ?? 'unknown';
}

export function ProbeTable({ probes }: { probes: readonly Probe[] }) {
	return <Table caption={t('cell.probes')} hidden rows={probes} keyOf={(probe) => `${probe.source}/${probe.probe}`} columns={[
		{ key: 'probe', head: t('probes.probe'), header: true, cell: (probe) => <>{probe.probe} <span class="muted">{probe.source}</span></> },
		{ key: 'state', head: t('probes.said'), cell: (probe) => <StateMark state={sampleState(probe.state)}>{choice('sample', probe.state)}</StateMark> },
		{ key: 'last', head: t('probes.at'), cell: (probe) => <At at={probe.last} /> },
		{ key: 'text', head: t('probes.text'), cell: (probe) => <span lang="en">{probe.text}{probe.latency_ms !== null && !/\d ms/.test(probe.text) ? `, ${probe.latency_ms} ms` : ''}</span> },
	]} />;
}
