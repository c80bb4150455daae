package dev.weir.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Holds the imports between modules and packages to the design. */
@AnalyzeClasses(packages = "dev.weir", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule MODULES = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("common")
            .definedBy("dev.weir.common..")
            .layer("model")
            .definedBy("dev.weir.model..")
            .layer("policy")
            .definedBy("dev.weir.policy..")
            .layer("ingest")
            .definedBy("dev.weir.ingest..")
            .layer("analytics")
            .definedBy("dev.weir.analytics..")
            .layer("alerting")
            .definedBy("dev.weir.alerting..")
            .layer("standalone")
            .definedBy("dev.weir.standalone..")
            .whereLayer("common")
            .mayNotAccessAnyLayer()
            .whereLayer("model")
            .mayOnlyAccessLayers("common")
            .whereLayer("standalone")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("ingest")
            .mayOnlyBeAccessedByLayers("standalone")
            .whereLayer("analytics")
            .mayOnlyBeAccessedByLayers("standalone")
            .whereLayer("alerting")
            .mayOnlyBeAccessedByLayers("standalone")
            .whereLayer("policy")
            .mayOnlyBeAccessedByLayers("analytics", "alerting", "standalone");

    @ArchTest
    static final ArchRule ONLY_JOB_AND_OPERATOR_KNOW_FLINK = noClasses()
            .that()
            .resideInAPackage("dev.weir..")
            .and()
            .resideOutsideOfPackages("dev.weir.analytics.job..", "dev.weir.analytics.operator..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule THE_POLICY_ENGINE_IS_PLAIN_JAVA = noClasses()
            .that()
            .resideInAPackage("dev.weir.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink..", "java.net.http..", "io.javalin..");

    @ArchTest
    static final ArchRule KAFKA_CLIENTS_ARE_MADE_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.weir.common.kafka")
            .should()
            .callConstructorWhere(DescribedPredicate.describe(
                    "makes a client of Kafka",
                    call -> call.getTargetOwner().isAssignableTo(KafkaConsumer.class)
                            || call.getTargetOwner().isAssignableTo(KafkaProducer.class)))
            .orShould()
            .callMethodWhere(DescribedPredicate.describe(
                    "makes an admin client of Kafka",
                    call -> call.getTargetOwner().isAssignableTo(Admin.class)
                            && call.getName().equals("create")));

    @ArchTest
    static final ArchRule COLLECTORS_DO_NOT_KNOW_EACH_OTHER =
            slices().matching("dev.weir.ingest.collector.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule DETECTORS_DO_NOT_KNOW_EACH_OTHER =
            slices().matching("dev.weir.analytics.detector.(*)..").should().notDependOnEachOther();

    /** The configuration knows the collectors, and they do not know it. */
    @ArchTest
    static final ArchRule INGEST_IS_ABOVE_ITS_COLLECTORS = noClasses()
            .that()
            .resideInAPackage("dev.weir.ingest.*..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.weir.ingest.IngestConfig")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.weir.ingest.Ingest");

    @ArchTest
    static final ArchRule NOTIFIERS_DO_NOT_KNOW_EACH_OTHER =
            slices().matching("dev.weir.alerting.notify.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule PACKAGES_OF_ALERTING_FORM_NO_CYCLE =
            slices().matching("dev.weir.alerting.(*)..").should().beFreeOfCycles();

    /** Routes, notifiers, services and the API use the stores. */
    @ArchTest
    static final ArchRule STORES_ARE_BELOW_THEIR_USERS = classes()
            .that()
            .resideInAPackage("dev.weir.alerting.store")
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage("dev.weir.alerting..")
                    .or(resideInAnyPackage(
                            "dev.weir.alerting.store",
                            "dev.weir.alerting.message",
                            "dev.weir.alerting.incident",
                            "dev.weir.alerting.auth")));

    @ArchTest
    static final ArchRule CLOCKS_ARE_PASSED_IN = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule DETECTORS_ARE_FINAL = classes()
            .that()
            .implement("dev.weir.analytics.detector.Detector")
            .and()
            .resideOutsideOfPackage("dev.weir.analytics.detector")
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);

    /** A key that is missing in the file is null, which a primitive cannot hold. */
    @ArchTest
    static final ArchRule EVERY_SETTING_MAY_BE_LEFT_OUT = fields().that()
            .areDeclaredInClassesThat()
            .haveSimpleNameEndingWith("Config")
            .and()
            .areNotStatic()
            .should()
            .notHaveRawType(DescribedPredicate.describe("primitive", JavaClass::isPrimitive));
}
