"""Every cmdlet of the two public modules is known to call Partner Center, and no file that calls one is left out."""

from __future__ import annotations

import pytest

from pcmfa_lint.analysis.matching.index import Index
from pcmfa_lint.engine.workers.prefilter import make_plan, passed, prefilter
from pcmfa_lint.knowledge.loader import prefilter_of
from tests.helpers.code import api_calls, knowledge

PARTNERCENTERMODULE = """
Add-PCAuthentication Add-PCCustomerRoleMember Get-PCAddressRulesByMarket Get-PCAuditRecord Get-PCAzureRateCard
Get-PCAzureResourceMonthlyUsageRecord Get-PCBillingProfile Get-PCCustomer Get-PCCustomerBillingProfile
Get-PCCustomerCompanyProfile Get-PCCustomerLicenseDeployment Get-PCCustomerLicenseUsage Get-PCCustomerRelationship
Get-PCCustomerRole Get-PCCustomerRoleMember Get-PCCustomerServiceCostSummary Get-PCCustomerUsageSummary
Get-PCCustomerUser Get-PCCustomerUserRole Get-PCDomainAvailability Get-PCIndirectReseller Get-PCInvoice
Get-PCInvoiceLineItem Get-PCLegalBusinessProfile Get-PCLicenseDeployment Get-PCLicenseUsage Get-PCLicensesUsage
Get-PCManagedService Get-PCMpnProfile Get-PCOffer Get-PCOfferCategoriesByMarket Get-PCOrder Get-PCOrganizationProfile
Get-PCResellerCustomer Get-PCSR Get-PCSRTopic Get-PCSpendingBudget Get-PCSubscribedSKU Get-PCSubscribedSKUs
Get-PCSubscription Get-PCSupportProfile Get-PCUsage Get-PCUsage2 New-PCAddress New-PCCustomer
New-PCCustomerBillingProfile New-PCCustomerCompanyProfile New-PCCustomerDefaultAddress New-PCCustomerUser New-PCOrder
New-PCOrderLineItem New-PCRelationshipRequest New-PCSR New-PCSaToken Remove-PCCustomer Remove-PCCustomerRoleMember
Remove-PCCustomerUser Restore-PCCustomerUser Set-PCBillingProfile Set-PCCustomerBillingProfile Set-PCCustomerUser
Set-PCLegalBusinessProfile Set-PCOrganizationProfile Set-PCSR Set-PCSpendingBudget Set-PCSubscription
Set-PCSupportProfile Test-PCAddress
"""
PARTNERCENTER = """
Add-PartnerCustomerCartLineItem Add-PartnerCustomerUserRoleMember Connect-PartnerCenter Enable-PartnerAzureSubscription
Get-PartnerAgreementDetail Get-PartnerAgreementStatus Get-PartnerAuditRecord Get-PartnerAzureBillingAccount
Get-PartnerAzureRateCard Get-PartnerBillingProfile Get-PartnerCountryValidation Get-PartnerCustomer
Get-PartnerIndirectReseller Get-PartnerInvoice Get-PartnerLegalProfile Get-PartnerLicenseUsageInfo Get-PartnerMpnProfile
Get-PartnerOffer Get-PartnerOrganizationProfile Get-PartnerProduct Get-PartnerResellerRequestLink Get-PartnerRole
Get-PartnerRoleMember Get-PartnerServiceIncident Get-PartnerServiceRequest Get-PartnerSupportProfile
Get-PartnerUnbilledInvoiceLineItem Get-PartnerUser Get-PartnerUserSignInActivity Get-PartnerValidationCode
New-PartnerAccessToken New-PartnerAzureSubscription New-PartnerCustomerOrder New-PartnerProductUpgrade
New-PartnerServiceRequest Remove-PartnerResellerRelationship Remove-PartnerSandboxCustomer Restore-PartnerCustomerUser
Set-PartnerAzureBillingPolicy Set-PartnerBillingProfile Set-PartnerCustomer Set-PartnerLegalProfile
Submit-PartnerCustomerCart Suspend-PartnerAzureSubscription Test-PartnerAddress Test-PartnerDomainAvailability
"""
LOCAL = "Disconnect-PartnerCenter Get-PCSaToken Get-PartnerContext Resolve-PartnerError Select-PCCustomer"


@pytest.fixture(scope="module")
def index() -> Index:
    return Index("powershell", knowledge().catalog.files)


def test_every_cmdlet_that_calls_partner_center_is_known(index: Index) -> None:
    for name in (PARTNERCENTERMODULE + PARTNERCENTER).split():
        spec = index.command(name)
        assert spec is not None and spec.is_ in ("api-call", "token-request"), name


def test_cmdlets_that_send_nothing_are_known_as_such(index: Index) -> None:
    for name in [*LOCAL.split(), "Get-PartnerApplication"]:
        spec = index.command(name)
        assert spec is not None and spec.is_ == "ignore", name


def test_a_file_with_a_single_cmdlet_is_read() -> None:
    plan = make_plan(prefilter_of(knowledge()).gates)
    for name in (PARTNERCENTERMODULE + PARTNERCENTER).split():
        hits = prefilter(f"$found = {name}\n".encode(), plan)
        assert passed(plan, hits, "jobs/a.ps1"), name


def test_a_script_calls_the_sdk_of_dotnet_for_what_other_code_calls_it_for() -> None:
    sdk = "[Microsoft.Store.PartnerCenter.PartnerService]::Instance.CreatePartnerOperations($credentials)"
    for call, business in (
        ("Customers.Get()", "customers and onboarding"),
        ("Customers.ById($id).Orders.Get()", "provisioning and ordering"),
        ("Invoices.ById($id).Get()", "billing and reconciliation"),
    ):
        assert [each.business for each in api_calls({"a.ps1": f"$partner = {sdk}\n$partner.{call}\n"})] == [business]
