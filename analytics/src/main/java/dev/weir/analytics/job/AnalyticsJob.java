package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.correlate.Siblings;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.operator.ActivityPart;
import dev.weir.analytics.operator.ContextLoader;
import dev.weir.analytics.operator.CorrelatorOperator;
import dev.weir.analytics.operator.DetectorOperator;
import dev.weir.analytics.operator.EventTime;
import dev.weir.analytics.operator.FeedbackState;
import dev.weir.analytics.operator.IncidentsOperator;
import dev.weir.analytics.operator.JudgeOperator;
import dev.weir.analytics.operator.OtherEnds;
import dev.weir.analytics.operator.PrevalenceOperator;
import dev.weir.analytics.operator.RawFlow;
import dev.weir.analytics.operator.SiblingsOperator;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.ContextChange;
import dev.weir.model.Feedback;
import dev.weir.model.Rejected;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Defines the job graph, apart from the connectors of its sources and sinks. */
public final class AnalyticsJob {
    /** The inputs of the job. */
    public record Sources(
            Source<RawFlow, ?, ?> flows,
            Source<ContextChange, ?, ?> context,
            ContextLoader loader,
            Source<Feedback, ?, ?> feedback) {}

    /** The outputs of the job. */
    public record Sinks(
            Sink<Alert> alerts, Sink<ActivityPart> activity, Sink<Baseline> baselines, Sink<Rejected> rejected) {}

    private AnalyticsJob() {}

    /**
     * Adds the graph to the environment.
     *
     * @param live true for records from Kafka as they happen: silent partitions go idle, flows from the future are
     *     rejected, and event time is the end of a flow; else it is the start
     */
    public static void define(
            StreamExecutionEnvironment env, Sources sources, Sinks sinks, AnalyticsConfig config, boolean live) {
        DataStream<RawFlow> flows = env.fromSource(
                        sources.flows(),
                        live
                                ? EventTime.strategy(
                                        config.outOfOrderness(),
                                        config.idleness(),
                                        config.maxClockSkew(),
                                        FetchMetrics::answers,
                                        InstantSource.system())
                                : EventTime.recorded(config.outOfOrderness()),
                        "flows",
                        RawFlow.TYPE)
                .uid("flows");
        DataStream<ContextChange> context = env.fromSource(
                        sources.context(), EventTime.withoutTime(), "context", TypeInformation.of(ContextChange.class))
                .uid("context")
                .setParallelism(1);
        DataStream<Feedback> feedback = env.fromSource(
                        sources.feedback(), EventTime.withoutTime(), "feedback", TypeInformation.of(Feedback.class))
                .uid("feedback")
                .setParallelism(1);
        DataStream<Feedback> decisions = feedback.broadcast();
        SingleOutputStreamOperator<ActivityPart> activity = flows.connect(context.broadcast())
                .transform(StateFormat.JUDGE, ActivityPart.TYPE, new JudgeOperator(config, sources.loader()))
                .uid(StateFormat.uid(StateFormat.JUDGE));
        activity.sinkTo(sinks.activity()).name("activity").uid("activity-sink");
        activity.getSideOutput(JudgeOperator.REJECTED)
                .sinkTo(sinks.rejected())
                .name("rejected")
                .uid("rejected-sink");
        DataStream<ActivityPart> named =
                activity.filter(ActivityPart::isNamed).name("named").uid("named");
        DataStream<Finding> findings = activity.getSideOutput(JudgeOperator.FINDINGS);
        @Nullable DataStream<Baseline> baselines = null;
        for (Map.Entry<DetectorScope, List<Detector<?>>> scope : byScope(config).entrySet()) {
            DetectorScope kind = scope.getKey();
            String name = "detect-" + kind.name().toLowerCase(Locale.ROOT);
            DataStream<ActivityPart> parts = kind == DetectorScope.EDGE
                    ? named
                    : named.union(named.flatMap(new OtherEnds(kind))
                            .returns(ActivityPart.TYPE)
                            .name("other-ends-" + name)
                            .uid("other-ends-" + name));
            SingleOutputStreamOperator<Finding> found = parts.keyBy(part -> part.key(kind))
                    .connect(decisions)
                    .transform(name, TypeInformation.of(Finding.class), new DetectorOperator(kind, scope.getValue()))
                    .uid(StateFormat.uid(name));
            findings = findings.union(found);
            DataStream<Baseline> changed = found.getSideOutput(DetectorOperator.BASELINES);
            baselines = baselines == null ? changed : baselines.union(changed);
        }
        DataStream<Baseline> usual = Objects.requireNonNull(baselines, "there are detectors");
        usual.sinkTo(sinks.baselines()).name("baselines").uid("baselines-sink");
        DataStream<Finding> weighed = findings.filter(AnalyticsJob::isWeighed)
                .keyBy(SiblingsOperator::key)
                .connect(usual.keyBy(SiblingsOperator::key))
                .process(new SiblingsOperator(), TypeInformation.of(Finding.class))
                .name("siblings")
                .uid(StateFormat.uid("siblings"))
                .keyBy(PrevalenceOperator::key)
                .connect(usual.filter(PrevalenceOperator::concerns).keyBy(PrevalenceOperator::key))
                .process(new PrevalenceOperator(), TypeInformation.of(Finding.class))
                .name("prevalence")
                .uid(StateFormat.uid("prevalence"));
        findings.filter(finding -> !isWeighed(finding))
                .union(weighed)
                .keyBy(Finding::fingerprint)
                .transform("correlate", TypeInformation.of(Alert.class), new CorrelatorOperator())
                .uid(StateFormat.uid("correlate"))
                .keyBy(alert -> alert.cluster() == null ? "" : alert.cluster())
                .connect(feedback.broadcast(FeedbackState.DESCRIPTOR))
                .process(new IncidentsOperator(config.incidents()), TypeInformation.of(Alert.class))
                .name("incidents")
                .uid(StateFormat.uid("incidents"))
                .sinkTo(sinks.alerts())
                .name("alerts")
                .uid("alerts-sink");
    }

    /** True for a finding that other workloads make more or less likely. */
    private static boolean isWeighed(Finding finding) {
        return Siblings.concerns(finding) || Prevalence.peer(finding) != null;
    }

    private static Map<DetectorScope, List<Detector<?>>> byScope(AnalyticsConfig config) {
        return Detectors.all(config.detectors()).stream()
                .collect(Collectors.groupingBy(Detector::scope, TreeMap::new, Collectors.toList()));
    }
}
