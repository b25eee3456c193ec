package dev.pgbackup.e2e;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one cluster of a run to its tests, and ends what was started for it after the last. */
final class ClusterExtension implements ExecutionCondition, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ClusterExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return cluster(context).isAvailable()
        ? ConditionEvaluationResult.enabled("there is a cluster")
        : ConditionEvaluationResult.disabled(ClusterUnderTest.HOW_TO_HAVE_ONE);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ClusterUnderTest.class;
  }

  @Override
  public ClusterUnderTest resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster(context);
  }

  private static ClusterUnderTest cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            ClusterUnderTest.class, type -> ClusterUnderTest.find(), ClusterUnderTest.class);
  }
}
