"""The one stack of the platform: state, messaging, functions, machines, doors, alarms.

One stack, because a layer version must live with its functions, and because the local runtime loads one
template. Settings come from the CDK context; each has a default that synthesises anywhere.
"""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from infra.bundles import Bundles
from infra.data import Data
from infra.edge import Front, HttpApi, Shield
from infra.functions import Functions, Surroundings
from infra.intake import MACHINES, Machines
from infra.messaging import Mail, Messaging
from infra.naming import Naming
from infra.observability import Observability
from infra.partners import PartnerAccess
from infra.settings import Settings
from infra.settings import Sftp as SftpSetting
from infra.sftp import Sftp


class Platform(Stack):
    """Everything Choriste needs in one account and region."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, bundles: Bundles) -> None:
        """Declare the platform."""
        super().__init__(
            scope,
            construct_id,
            description="Choriste: open e-invoicing platform",
            stack_name=settings.prefix,
            termination_protection=settings.is_production,
        )
        self._settings = settings
        self._bundles = bundles
        self.naming = Naming(settings.prefix)
        self.data = Data(self, "Data", naming=self.naming, settings=settings)
        self.messaging = Messaging(self, "Messaging", naming=self.naming)
        self.messaging.receive_from_bucket(self.data.inbox)
        self.mail = Mail(self, "Mail", naming=self.naming, settings=settings)
        self.http = HttpApi(self, "Http", naming=self.naming)
        self.functions = Functions(self, "Functions", around=self._surroundings())
        self.partners = PartnerAccess(
            self, "Partners", naming=self.naming, functions=self.functions, key=self.data.key.key_arn
        )
        self.sftp = (
            Sftp(self, "Sftp", naming=self.naming, key=self.data.key.key_arn)
            if settings.sftp is SftpSetting.ON
            else None
        )
        self.machines = Machines(self, "Machines", naming=self.naming, functions=self.functions)
        self.http.connect(self.functions)
        self.front = self._front()
        self._watch()
        self._tag()
        CfnOutput(self, "BaseUrl", value=self.base_url)
        CfnOutput(self, "InboxBucketName", value=self.data.inbox.bucket_name)
        CfnOutput(self, "OutboxBucketName", value=self.data.outbox.bucket_name)
        CfnOutput(self, "Stage", value=settings.stage)
        for name, value in self.mail.dns_records.items():
            CfnOutput(self, name, value=value)

    @property
    def base_url(self) -> str:
        """The public address: the operator's own, else the API's."""
        return self._settings.base_url or self.http.url

    def _front(self) -> Front | None:
        chosen = self._settings
        if not (chosen.web_acl_arn and chosen.certificate_arn and chosen.domain):
            return None
        shield = Shield(chosen.web_acl_arn, chosen.certificate_arn, chosen.domain)
        return Front(self, "Front", api=self.http, shield=shield)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            naming=self.naming,
            data=self.data,
            messaging=self.messaging,
            mail=self.mail,
            bundles=self._bundles,
            settings=self._settings,
            base_url=self.base_url,
            machines=tuple(spec.name for spec in MACHINES),
        )

    def _watch(self) -> None:
        observability = Observability(self, "Observability", naming=self.naming, key=self.data.key)
        if self._settings.alarm_email:
            observability.subscribe(self._settings.alarm_email)
        observability.watch_functions(self.functions)
        observability.watch_queues(self.messaging)
        observability.watch_machines(self.machines)
        observability.watch_tables(self.data)
        observability.watch_api(self.http)
        observability.watch_incidents(self.functions)
        observability.draw()

    def _tag(self) -> None:
        tags = Tags.of(self)
        tags.add("application", "choriste")
        tags.add("deployment", self._settings.prefix)
        tags.add("cost-centre", self._settings.cost_centre)
