// What Kubernetes says of the lab's pods: are all there, do they get what they ask for, is there room. Of all nodes.
local board = import 'lib/dashboard.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

// The containers alone: a pod as a whole, and what holds it together, have no such name.
local containers = 'job="cadvisor", container!=""';
local by_container(expr) = 'sum by (container) (%s)' % expr;
local rate(name) = by_container('rate(%s{%s}[$__rate_interval])' % [name, containers]);
local throttled = '%s / %s' % [rate('container_cpu_cfs_throttled_periods_total'), rate('container_cpu_cfs_periods_total')];
local of_memory = 'max by (container) (container_memory_working_set_bytes{%s} / (container_spec_memory_limit_bytes{%s} > 0))' % [containers, containers];
local left(name) = 'min by (persistentvolumeclaim) (%s)' % name;

board.new(
  'pim-cluster',
  'PIM / Kubernetes',
  'Are all pods there, do they get what they ask for, is there room?',
  [
    board.row('Are they all there?', [
      panel.stat(
        'Missing',
        panel.says('Workloads that had a container within the last hour and have none now.', '0.', 'The table says which; a pod that is replaced is away for seconds.'),
        [q.number('count(last_over_time(pim:container_start:seconds[1h]) unless pim:container_start:seconds) or vector(0)', 'workloads')],
        'none',
        pim.never_steps
      ) + panel.decimals(0) + panel.runbook('pod-loss') + panel.size(5, 8),
      panel.table(
        'Containers',
        panel.says(
          'Of each container: how old the newest is, how often it began anew in the range shown, what it uses of its limits.',
          'All of the same age, but for what was replaced; no starts.',
          'Starts: its runbook. Memory near 1: the kernel ends it at 1. Throttled: it wants more processor than its limit.'
        ),
        'container',
        [
          { name: 'Age', target: q.column('time() - max by (container) (pim:container_start:seconds)'), unit: 's' },
          { name: 'Starts', target: q.column(by_container('changes(pim:container_start:seconds[$__range])')), unit: 'none', steps: [[1, 'yellow'], [3, 'red']] },
          { name: 'Memory of its limit', target: q.column(of_memory), unit: 'percentunit', steps: pim.fullness_steps },
          { name: 'Throttled', target: q.column(throttled), unit: 'percentunit', steps: [[0.1, 'orange'], [0.5, 'red']] },
        ],
        'Starts'
      ) + panel.runbook('pod-loss') + panel.size(19, 8),
      panel.timeseries(
        'Starts',
        panel.says('When containers began: one that is replaced or restarted is a step up.', 'No steps outside of deployments and faults.', 'One: the events below say why. All at once: the node, see its age.'),
        [q.prom(by_container('changes(pim:container_start:seconds[$__rate_interval])'), '{{container}}')],
        'none'
      ) + panel.runbook('pod-loss'),
      panel.timeseries(
        'Age of nodes',
        panel.says('How long ago the kubelet of each node began, and the oldest of its pods.', 'Both grow.', 'The kubelet falls alone: it was restarted, and pods were not touched. Both: the node was.'),
        [
          q.prom('time() - max by (instance) (process_start_time_seconds{job="kubelet"})', 'kubelet of {{instance}}'),
          q.prom('time() - min by (instance) (last_over_time(container_start_time_seconds{job="cadvisor"}[1m]))', 'oldest pod of {{instance}}'),
        ],
        's'
      ) + panel.runbook('node-reboot'),
      panel.timeseries(
        'Pods and evictions',
        panel.says('Pods that run on each node, those of others among them, and pods that its kubelet has evicted since it began.', 'Level; no evictions.', 'Evicted: the node had too little memory or disk left; an event names the pod and the reason.'),
        [
          q.prom('sum by (instance) (kubelet_running_pods{job="kubelet"})', 'run on {{instance}}'),
          q.prom('sum by (instance, eviction_signal) (kubelet_evictions{job="kubelet"})', '{{instance}}: {{eviction_signal}}'),
        ],
        'none'
      ) + panel.runbook('pod-loss'),
    ]),
    board.row('Do they get what they ask for?', [
      panel.timeseries(
        'Processor',
        panel.says('Processors that each container uses.', 'Follows the load.', 'One that stays at its limit is throttled, beside.'),
        [q.prom(rate('container_cpu_usage_seconds_total'), '{{container}}')],
        'none'
      ) + panel.runbook('command-latency'),
      panel.timeseries(
        'Throttled',
        panel.says('The share of the periods of 100 ms in which a container was stopped since it had used its limit.', 'Below 0.1.', 'Latency of the spine rises with it: raise its limit, or give it less to do.'),
        [q.prom(throttled, '{{container}}')],
        'percentunit'
      ) + panel.max(1) + panel.runbook('command-latency'),
      panel.timeseries(
        'Memory of the limit',
        panel.says('What cannot be given back at once, as a share of what the container may have.', 'Below 0.9.', 'At 1 the kernel ends it, and it begins anew: a limit too small, or a leak.'),
        [q.prom(of_memory, '{{container}}')],
        'percentunit'
      ) + panel.max(1) + panel.lines(pim.fullness_steps) + panel.runbook('pod-loss'),
    ]),
    board.row('Is there room?', [
      panel.timeseries(
        'Volumes',
        panel.says('What is used of each volume. Volumes that are folders of one disk show that disk.', 'Below 0.85, and level.', 'Above, or steep: make room before it is full. The line at 0.95 pages for the volumes of the spine.'),
        [q.prom('1 - %s / %s' % [left('kubelet_volume_stats_available_bytes{job="kubelet"}'), left('kubelet_volume_stats_capacity_bytes{job="kubelet"}')], '{{persistentvolumeclaim}}')],
        'percentunit'
      ) + panel.max(1) + panel.lines([[0.85, 'orange'], [0.95, 'red']]) + panel.runbook('volume-full') + panel.size(12, 8),
      panel.timeseries(
        'Network',
        panel.says('Bytes a second that each pod receives and sends.', 'Follows the load.', 'The agent sends and nothing arrives in the stack: see Telemetry health.'),
        [
          q.prom('sum by (pod) (rate(container_network_receive_bytes_total{job="cadvisor"}[$__rate_interval]))', '{{pod}} in'),
          q.prom('sum by (pod) (rate(container_network_transmit_bytes_total{job="cadvisor"}[$__rate_interval]))', '{{pod}} out'),
        ],
        'Bps'
      ) + panel.logarithmic + panel.runbook('telemetry-loss') + panel.size(12, 8),
    ]),
    board.row('Do the clusters know each other?', [
      panel.timeseries(
        'Days of certificates',
        panel.says('For how many days the gateway of cluster B will still take the certificate that it is shown.', 'Falls by one a day, and is 29 after a rotation.', 'Below 10: rotate. At 0 cluster A is refused, and keeps what it has within its bound.'),
        [q.prom('min by (client) (gateway_client_certificate_days)', '{{client}}')],
        'none'
      ) + panel.lines([[0, 'red'], [10, 'green']]) + panel.runbook('certificates') + panel.size(24, 7),
    ]),
    board.row('What does Kubernetes say?', [
      panel.logs(
        'Events',
        panel.says('What Kubernetes did and why: scheduled, pulled, started, unhealthy, killed, evicted.', 'Nothing of type Warning but probes of what is just starting.', 'The line names object and reason.'),
        '{service_name="events"} | json type="type", kind="involvedObject.kind", name="involvedObject.name", reason="reason", message="message"'
        + ' | line_format "{{.type}} {{.kind}} {{.name}} {{.reason}}: {{.message}}"'
      ) + panel.runbook('pod-loss') + panel.size(24, 10),
    ]),
  ],
  variables=[],
)
