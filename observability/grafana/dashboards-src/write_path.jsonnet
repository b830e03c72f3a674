// A command's way to the disk: queue, batch, commit, sync, and what proves that it was kept.
local board = import 'lib/dashboard.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local quantiles(name, selector, prefix='', exemplar=false) = [
  q.prom(q.quantile('0.50', name, selector), prefix + 'p50', exemplar),
  q.prom(q.quantile('0.99', name, selector), prefix + 'p99'),
];
local counted(name) = 'sum(increase(%s{%s}[$__range]))' % [name, pim.here];

board.new(
  'pim-write-path',
  'PIM / Write path',
  'From the queue of a shard to the disk, in the order that a command meets it.',
  [
    board.row('Is what was acknowledged safe?', [
      panel.stat(
        'Writable',
        panel.says('1 where the store takes writes; the worst of the chosen processes.', '1.', '0: a flush failed, or the disk is nearly full. The runbook tells which.'),
        [q.number('min(pim_store_writable{%s})' % pim.here, 'store')],
        'none'
      ) + panel.floor([[1, 'green']]) + panel.runbook('store-not-writable') + panel.size(4, 6),
      panel.stat(
        'Out of the ordinary',
        panel.says(
          'In the range shown: batches whose outcome the store could not tell, appends that the fence refused, journal entries that could not be written.',
          '0 and 0 and 0.',
          'Unknown: a flush failed, the process has copied its store; check the disk. Fenced: another process owns the bucket now.'
        ),
        [
          q.number(counted('pim_commit_unknown_outcomes_total'), 'unknown outcome'),
          q.number(counted('pim_shard_fenced_total'), 'fenced'),
          q.number(counted('pim_journal_failures_total'), 'journal failed'),
        ],
        'none',
        pim.never_steps
      ) + panel.decimals(0) + panel.runbook('store-not-writable') + panel.size(10, 6),
      panel.timeseries(
        'What became of commands',
        panel.says(
          'Commands a second by what became of them: events written, answered again from a receipt, turned down by a rule, another version met.',
          'Mostly events; the others follow what clients do.',
          'Repeated: clients retry, see what they waited for. Turned down: read the problem type in the log lines.'
        ),
        [
          q.prom(q.rate('pim_commit_appends_total', pim.here), 'written'),
          q.prom(q.rate('pim_shard_dedupe_hits_total', pim.shards), 'repeated'),
          q.prom(q.rate('pim_shard_rejected_commands_total', pim.shards), 'turned down'),
          q.prom(q.rate('pim_shard_conflicts_total', pim.shards), 'conflict'),
          q.prom(q.rate('pim_shard_shed_commands_total', pim.shards), 'refused early'),
        ],
        'ops'
      ) + panel.runbook('shedding') + panel.size(10, 6),
    ]),
    board.row('Queue and batch', [
      panel.timeseries(
        'Waiting',
        panel.says("Commands in the shards' queues, and those that were decided and wait for the next batch.", 'A few: the next batch forms while one is written.', 'Shards wait: executors are busy. The batch waits: the disk is.'),
        [
          q.prom('sum by (shard) (pim_shard_queued_commands{%s})' % pim.shards, 'shard {{shard}}'),
          q.prom('sum by (store) (pim_commit_queued_commands{%s})' % pim.here, 'next batch of store {{store}}'),
        ],
        'none'
      ) + panel.runbook('shedding'),
      panel.timeseries(
        'Time in the queue',
        panel.says('How long commands wait until their shard takes them.', 'p99 below 20 ms, where refusing begins.', 'Rising: less load, or more shards.'),
        quantiles('pim_shard_queue_wait_seconds', pim.shards, exemplar=true),
        's'
      ) + panel.colours(pim.quantile_colours) + panel.logarithmic + panel.lines([[0.02, 'orange']]) + panel.runbook('shedding'),
      panel.timeseries(
        'Commands a batch',
        panel.says('How many commands share one transaction and one flush.', 'Grows with the load: the busier, the more share a flush.', 'Large batches and long commits: the disk is the limit.'),
        quantiles('pim_commit_batch_commands', pim.here),
        'none'
      ) + panel.colours(pim.quantile_colours) + panel.runbook('command-latency'),
    ]),
    board.row('Commit and disk', [
      panel.timeseries(
        'Commit',
        panel.says('From a batch submitted to durable. The dots are batches: the trace has a link to each request that was in it.', "p99 below 15 ms, half of a command's objective.", 'Compare with Sync: sync slow, the disk; only commit slow, the transaction or a checkpoint.'),
        quantiles('pim_commit_duration_seconds', pim.here, exemplar=true),
        's'
      ) + panel.colours(pim.quantile_colours) + panel.logarithmic + panel.runbook('command-latency'),
      panel.timeseries(
        'Sync and checkpoint, p99',
        panel.says('One fsync: of the log, which a commit waits for, and of the database, which happens behind it. One checkpoint of the log into the database, which commits wait for.', 'Syncs: what the disk can do, a few milliseconds. Checkpoints: tens of milliseconds, now and then.', 'Syncs: a slow disk, or a neighbour on it; nothing here makes it faster. Checkpoints: a log that grew too large, see its size.'),
        [
          q.prom(q.quantile('0.99', 'pim_store_sync_duration_seconds', pim.here, ['file']), 'sync of the {{file}}'),
          q.prom(q.quantile('0.99', 'pim_sqlite_checkpoint_duration_seconds', pim.here), 'checkpoint'),
        ],
        's'
      ) + panel.logarithmic + panel.runbook('command-latency'),
      panel.timeseries(
        'Use of the store',
        panel.says('The share of the time in which a batch is being written.', 'Below 0.7.', 'Near 1 batches grow; when they cannot, commands wait.'),
        [q.prom(q.rate('pim_commit_duration_seconds_sum', pim.here, ['store']), 'store {{store}}')],
        'percentunit'
      ) + panel.max(1) + panel.lines(pim.fullness_steps) + panel.runbook('command-latency'),
      panel.timeseries(
        'Files and free space',
        panel.says('Size of the database and of its write-ahead log; free space, and the mark below which this server only reads.', 'Free space far above the mark; the log of a bounded size.', 'Free space near the mark: make room now.'),
        [
          q.prom('sum by (store) (pim_sqlite_database_bytes{%s})' % pim.here, 'database {{store}}'),
          q.prom('sum by (store) (pim_sqlite_wal_bytes{%s})' % pim.here, 'log {{store}}'),
          q.prom('min(pim_disk_free_bytes{%s})' % pim.here, 'free'),
          q.prom('max(pim_disk_low_water_bytes{%s})' % pim.here, 'low-water mark'),
        ],
        'bytes'
      ) + panel.logarithmic + panel.runbook('disk-low'),
      panel.timeseries(
        'Page cache of the writer',
        panel.says('The share of pages that the writing connection found in its cache.', 'Above 0.9.', 'Falling with a growing database: reads of old pages, which make commits slow.'),
        [q.prom('%s / (%s + %s)' % [
          q.rate('pim_sqlite_page_cache_hits_total', pim.here, ['store']),
          q.rate('pim_sqlite_page_cache_hits_total', pim.here, ['store']),
          q.rate('pim_sqlite_page_cache_misses_total', pim.here, ['store']),
        ], 'store {{store}}')],
        'percentunit'
      ) + panel.max(1) + panel.runbook('command-latency'),
      panel.traces(
        'Chains verified',
        panel.says(
          'Runs of `pim audit verify`, which goes through every hash chain, position, receipt and signed head.',
          'One a day, none failed.',
          'Open the trace of a failed one: the span that failed names what did not agree.'
        ),
        '{resource.service.name="pim-cli" && name="pim audit verify"}'
      ) + panel.runbook('store-not-writable'),
    ]),
  ],
)
